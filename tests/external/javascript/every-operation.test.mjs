// Ory's published SDKs for JavaScript call every operation of Hydra's API against a Symbolon server.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import network from "@ory/client";
import hydra from "@ory/hydra-client";

import { Browser } from "./browser.mjs";
import { Holder } from "./holder.mjs";
import { Recorder } from "./recorder.mjs";

const { PUBLIC, ADMIN, OPERATIONS } = process.env;
assert.ok(PUBLIC && ADMIN && OPERATIONS, "not set: see tests/external/javascript/run");

const REDIRECT_URI = "http://127.0.0.1:5555/callback";
const DONE = "http://127.0.0.1:5555/done";
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const SCOPE = "openid offline userinfo_credential_draft_00";

/** Operations of one SDK; clients and users are its own through the prefix. */
class Operations {
    constructor(sdk, prefix, recorder) {
        Object.assign(this, { sdk, prefix, recorder });
    }

    #api(kind, basePath, credentials) {
        return new this.sdk[kind](new this.sdk.Configuration({ basePath, ...credentials }), undefined, this.recorder.http);
    }

    admin(kind = "OAuth2Api") {
        return this.#api(kind, ADMIN);
    }

    public(kind = "OAuth2Api", credentials = {}) {
        return this.#api(kind, PUBLIC, credentials);
    }

    asClient({ client_id: username, client_secret: password }) {
        return this.public("OAuth2Api", { username, password });
    }

    async client(name) {
        const answer = await this.admin().createOAuth2Client({
            oAuth2Client: {
                client_name: `${this.prefix} ${name}`,
                redirect_uris: [REDIRECT_URI],
                post_logout_redirect_uris: [DONE],
                grant_types: ["authorization_code", "refresh_token", "client_credentials", DEVICE_GRANT],
                response_types: ["code"],
                scope: SCOPE,
                metadata: { team: "north" },
            },
        });
        return answer.data;
    }

    /** Asks for a code as the client does; the parameters with which the browser is sent to the login page. */
    async authorize(browser, client) {
        const params = {
            client_id: client.client_id,
            response_type: "code",
            redirect_uri: REDIRECT_URI,
            scope: SCOPE,
            state: "state-of-the-client",
        };
        return redirect(browser, options => this.public().oAuth2Authorize(options), params);
    }

    async acceptLogin(loginChallenge, subject) {
        const accepted = { subject, remember: true, remember_for: 3600, acr: "two-factors", context: { tenant: "north" } };
        const parameters = { loginChallenge, acceptOAuth2LoginRequest: accepted };
        return (await this.admin().acceptOAuth2LoginRequest(parameters)).data.redirect_to;
    }

    async acceptConsent({ challenge, requested_scope, requested_access_token_audience }) {
        const acceptOAuth2ConsentRequest = {
            grant_scope: requested_scope,
            grant_access_token_audience: requested_access_token_audience,
            remember: true,
            session: { id_token: { name: "Ada Lovelace" }, access_token: { role: "analyst" } },
        };
        const parameters = { consentChallenge: challenge, acceptOAuth2ConsentRequest };
        return (await this.admin().acceptOAuth2ConsentRequest(parameters)).data.redirect_to;
    }

    /** A whole flow of a new client. */
    async logIn(name) {
        const [client, browser, subject] = [await this.client(name), new Browser(), `${this.prefix}-${name}`];
        const loginChallenge = (await this.authorize(browser, client)).get("login_challenge");
        const { data: login } = await this.admin().getOAuth2LoginRequest({ loginChallenge });
        assert.deepEqual([login.challenge, login.skip, login.client.client_id], [loginChallenge, false, client.client_id]);
        const page = await browser.follow(await this.acceptLogin(loginChallenge, subject));
        const consentChallenge = page.searchParams.get("consent_challenge");
        const { data: consent } = await this.admin().getOAuth2ConsentRequest({ consentChallenge });
        assert.deepEqual([consent.subject, consent.acr, consent.skip], [subject, "two-factors", false]);
        assert.deepEqual([consent.requested_scope, consent.context], [SCOPE.split(" "), { tenant: "north" }]);
        const callback = await browser.follow(await this.acceptConsent(consent));
        const code = callback.searchParams.get("code");
        const exchange = { grantType: "authorization_code", code, redirectUri: REDIRECT_URI };
        const { data: tokens } = await this.asClient(client).oauth2TokenExchange(exchange);
        assert.deepEqual([tokens.token_type, tokens.scope], ["bearer", SCOPE]);
        return { client, browser, subject, login, tokens };
    }

    /** Whether the person is still logged in. */
    async isRemembered({ browser, client }) {
        const loginChallenge = (await this.authorize(browser, client)).get("login_challenge");
        return (await this.admin().getOAuth2LoginRequest({ loginChallenge })).data.skip;
    }

    async state(token) {
        return (await this.admin().introspectOAuth2Token({ token })).data;
    }
}

/** Calls an operation in a browser; the parameters of the address where it sends the browser. */
async function redirect(browser, call, params = {}) {
    const redirects = { maxRedirects: 0, validateStatus: status => [302, 303].includes(status) };
    const answer = await call({ params, headers: { cookie: browser.cookie }, ...redirects });
    browser.keep(answer.headers["set-cookie"] ?? []);
    return new URL(answer.headers.location).searchParams;
}

/** Status and body of a call that must be refused. */
async function refusal(call) {
    const error = await call.then(() => assert.fail("not refused"), reason => reason);
    assert.ok(error.response, error);
    return { status: error.response.status, ...error.response.data };
}

const ROTATION = ["rotateOAuth2ClientSecret", "deleteRotatedOAuth2ClientSecrets"];

/** The SDKs, with the operations that they do not have. */
const sdks = [
    { name: "@ory/hydra-client", sdk: hydra, prefix: "js-hydra", absent: ROTATION },
    // Made for a service that has no such endpoints.
    { name: "@ory/client", sdk: network, prefix: "js-network", absent: ["isAlive", "isReady"] },
];

for (const { name, sdk, prefix, absent } of sdks) {
    describe(name, () => {
        const recorder = new Recorder(OPERATIONS);
        const ory = new Operations(sdk, prefix, recorder);
        const unless = (...operations) => ({
            skip: operations.some(operation => absent.includes(operation)) && "the SDK does not have it",
        });
        after(() => assert.deepEqual(recorder.faults(absent), []));

        test("a client is created, read, changed, listed and deleted", async () => {
            const created = await ory.client("clients");
            const id = created.client_id;
            const { data: read } = await ory.admin().getOAuth2Client({ id });
            assert.deepEqual([read.client_secret, read.metadata], [undefined, { team: "north" }]);
            const oAuth2Client = { ...read, skip_consent: true };
            assert.equal((await ory.admin().setOAuth2Client({ id, oAuth2Client })).data.skip_consent, true);
            const { data: listed } = await ory.admin().listOAuth2Clients({ clientName: created.client_name });
            assert.deepEqual(listed.map(client => client.client_id), [id]);
            await ory.admin().deleteOAuth2Client({ id });
            assert.equal((await refusal(ory.admin().getOAuth2Client({ id }))).status, 404);
        });

        test("a client is patched", async () => {
            const { client_id: id, client_name } = await ory.client("patch");
            const jsonPatch = [{ op: "replace", path: "/client_uri", value: "https://app.example" }];
            const { data } = await ory.admin().patchOAuth2Client({ id, jsonPatch });
            assert.deepEqual([data.client_uri, data.client_name], ["https://app.example", client_name]);
        });

        test("a client has lifespans of its own", async () => {
            const client = await ory.client("lifespans");
            const oAuth2ClientTokenLifespans = { client_credentials_grant_access_token_lifespan: "7m0s" };
            const parameters = { id: client.client_id, oAuth2ClientTokenLifespans };
            const { data } = await ory.admin().setOAuth2ClientLifespans(parameters);
            assert.equal(data.client_credentials_grant_access_token_lifespan, "7m0s");
            const { data: tokens } = await ory.asClient(client).oauth2TokenExchange({ grantType: "client_credentials" });
            assert.equal(Math.round(tokens.expires_in / 60), 7);
        });

        test("a secret is rotated", unless(...ROTATION), async () => {
            const old = await ory.client("rotation");
            const id = old.client_id;
            const grantType = "client_credentials";
            const { data: fresh } = await ory.admin().rotateOAuth2ClientSecret({ id });
            assert.notEqual(fresh.client_secret, old.client_secret);
            for (const client of [old, fresh]) await ory.asClient(client).oauth2TokenExchange({ grantType });
            await ory.admin().deleteRotatedOAuth2ClientSecrets({ id });
            await ory.asClient(fresh).oauth2TokenExchange({ grantType });
            assert.equal((await refusal(ory.asClient(old).oauth2TokenExchange({ grantType }))).status, 401);
        });

        test("a key set is created, read, changed and deleted", async () => {
            const keys = ory.admin("JwkApi");
            const [set, kid] = [`${prefix}-set`, "first"];
            const createJsonWebKeySet = { alg: "ES256", kid, use: "sig" };
            const { data: created } = await keys.createJsonWebKeySet({ set, createJsonWebKeySet });
            const [key] = created.keys;
            assert.deepEqual([key.kid, key.kty, key.alg, key.use, typeof key.d], [kid, "EC", "ES256", "sig", "string"]);
            assert.deepEqual((await keys.getJsonWebKeySet({ set })).data, created);
            assert.deepEqual((await keys.getJsonWebKey({ set, kid })).data, created);
            assert.equal((await keys.setJsonWebKey({ set, kid, jsonWebKey: key })).data.x, key.x);
            assert.equal((await keys.setJsonWebKeySet({ set, jsonWebKeySet: created })).data.keys.length, 1);
            await keys.deleteJsonWebKey({ set, kid });
            assert.equal((await refusal(keys.getJsonWebKey({ set, kid }))).status, 404);
            await keys.createJsonWebKeySet({ set, createJsonWebKeySet });
            await keys.deleteJsonWebKeySet({ set });
            assert.equal((await refusal(keys.getJsonWebKeySet({ set }))).status, 404);
        });

        test("an issuer is trusted, read, listed and deleted", async () => {
            const issuer = `https://${prefix}.example`;
            const jwk = { ...new Holder().jwk, kid: "first", alg: "ES256", use: "sig" };
            const expires_at = new Date(Date.now() + 3_600_000).toISOString();
            const trustOAuth2JwtGrantIssuer = { issuer, subject: "robot", scope: ["read"], jwk, expires_at };
            const { data: trusted } = await ory.admin().trustOAuth2JwtGrantIssuer({ trustOAuth2JwtGrantIssuer });
            assert.deepEqual([trusted.issuer, trusted.subject, trusted.scope], [issuer, "robot", ["read"]]);
            assert.deepEqual(trusted.public_key, { set: issuer, kid: "first" });
            const { id } = trusted;
            assert.deepEqual((await ory.admin().getTrustedOAuth2JwtGrantIssuer({ id })).data, trusted);
            const { data: listed } = await ory.admin().listTrustedOAuth2JwtGrantIssuers({ issuer });
            assert.deepEqual(listed, [trusted]);
            await ory.admin().deleteTrustedOAuth2JwtGrantIssuer({ id });
            assert.equal((await refusal(ory.admin().getTrustedOAuth2JwtGrantIssuer({ id }))).status, 404);
        });

        test("login and consent are rejected", async () => {
            const [browser, client] = [new Browser(), await ory.client("rejections")];
            const refused = { error: "access_denied", error_description: "No such account." };
            const loginChallenge = (await ory.authorize(browser, client)).get("login_challenge");
            const parameters = { loginChallenge, rejectOAuth2Request: refused };
            const { data } = await ory.admin().rejectOAuth2LoginRequest(parameters);
            const callback = await browser.follow(data.redirect_to);
            assert.equal(callback.searchParams.get("error"), "access_denied");
            assert.equal(callback.searchParams.get("error_description"), "No such account.");

            const again = (await ory.authorize(browser, client)).get("login_challenge");
            const page = await browser.follow(await ory.acceptLogin(again, `${prefix}-rejections`));
            const consentChallenge = page.searchParams.get("consent_challenge");
            const rejection = { consentChallenge, rejectOAuth2Request: refused };
            const { data: next } = await ory.admin().rejectOAuth2ConsentRequest(rejection);
            assert.equal((await browser.follow(next.redirect_to)).searchParams.get("error"), "access_denied");
        });

        test("consents are listed and revoked", async () => {
            const { client, subject } = await ory.logIn("consents");
            const { data: sessions } = await ory.admin().listOAuth2ConsentSessions({ subject });
            assert.deepEqual(sessions.map(session => session.consent_request.client.client_id), [client.client_id]);
            assert.deepEqual(sessions[0].session.id_token, { name: "Ada Lovelace" });
            await ory.admin().revokeOAuth2ConsentSessions({ subject, client: client.client_id });
            assert.deepEqual((await ory.admin().listOAuth2ConsentSessions({ subject })).data, []);
        });

        test("a login is remembered until it is revoked", async () => {
            const done = await ory.logIn("sessions");
            assert.equal(await ory.isRemembered(done), true);
            await ory.admin().revokeOAuth2LoginSessions({ subject: done.subject });
            assert.equal(await ory.isRemembered(done), false);
        });

        test("a logout is rejected, and another is accepted", async () => {
            const done = await ory.logIn("logout");
            const ask = async () => {
                const params = { id_token_hint: done.tokens.id_token, post_logout_redirect_uri: DONE, state: "after" };
                const call = options => ory.public("OidcApi").revokeOidcSession(options);
                return (await redirect(done.browser, call, params)).get("logout_challenge");
            };
            await ory.admin().rejectOAuth2LogoutRequest({ logoutChallenge: await ask() });
            assert.equal(await ory.isRemembered(done), true);
            const logoutChallenge = await ask();
            const { data: request } = await ory.admin().getOAuth2LogoutRequest({ logoutChallenge });
            assert.deepEqual([request.subject, request.sid, request.rp_initiated], [done.subject, done.login.session_id, true]);
            const { data } = await ory.admin().acceptOAuth2LogoutRequest({ logoutChallenge });
            assert.equal((await done.browser.follow(data.redirect_to)).href, `${DONE}?state=after`);
            assert.equal(await ory.isRemembered(done), false);
        });

        test("a device is let in", async () => {
            const [client, browser] = [await ory.client("device"), new Browser()];
            // The generated method has no parameters and sends no credentials.
            const data = new URLSearchParams({ client_id: client.client_id, scope: "openid offline" });
            const auth = { username: client.client_id, password: client.client_secret };
            const { data: device } = await ory.public().oAuth2DeviceFlow({ data, auth });
            assert.equal(device.verification_uri, `${PUBLIC}/oauth2/device/verify`);
            const verify = options => ory.public().performOAuth2DeviceVerificationFlow(options);
            const deviceChallenge = (await redirect(browser, verify)).get("device_challenge");
            const entered = { user_code: device.user_code };
            const parameters = { deviceChallenge, acceptDeviceUserCodeRequest: entered };
            const { data: next } = await ory.admin().acceptUserCodeRequest(parameters);
            const page = await browser.follow(next.redirect_to);
            const accepted = await ory.acceptLogin(page.searchParams.get("login_challenge"), `${prefix}-device`);
            const consentChallenge = (await browser.follow(accepted)).searchParams.get("consent_challenge");
            const { data: consent } = await ory.admin().getOAuth2ConsentRequest({ consentChallenge });
            const success = await browser.follow(await ory.acceptConsent(consent));
            assert.equal(success.pathname, "/device/success");
        });

        test("tokens are introspected, refreshed, revoked and deleted", async () => {
            const { client, subject, tokens } = await ory.logIn("tokens");
            const state = await ory.state(tokens.access_token);
            assert.deepEqual([state.active, state.sub, state.client_id], [true, subject, client.client_id]);
            assert.deepEqual([state.scope, state.ext], [SCOPE, { role: "analyst" }]);
            const exchange = { grantType: "refresh_token", refreshToken: tokens.refresh_token };
            const { data: refreshed } = await ory.asClient(client).oauth2TokenExchange(exchange);
            await ory.asClient(client).revokeOAuth2Token({ token: refreshed.refresh_token });
            assert.deepEqual(await ory.state(refreshed.access_token), { active: false });

            const { data: other } = await ory.asClient(client).oauth2TokenExchange({ grantType: "client_credentials" });
            assert.equal((await ory.state(other.access_token)).active, true);
            await ory.admin().deleteOAuth2Token({ clientId: client.client_id });
            assert.deepEqual(await ory.state(other.access_token), { active: false });
        });

        test("a user is described and gets a credential", async () => {
            const { subject, tokens } = await ory.logIn("user");
            const { data: user } = await ory.public("OidcApi", { accessToken: tokens.access_token }).getOidcUserInfo();
            assert.deepEqual([user.sub, user.name], [subject, "Ada Lovelace"]);
            // The SDK sends no token here by itself.
            const options = { headers: { Authorization: `Bearer ${tokens.access_token}` } };
            const ask = proof => {
                const createVerifiableCredentialRequestBody = { format: "jwt_vc_json", proof };
                return ory.public("OidcApi").createVerifiableCredential({ createVerifiableCredentialRequestBody }, options);
            };
            const primed = await refusal(ask());
            assert.equal(primed.error, "missing_proof");
            const { data } = await ask({ proof_type: "jwt", jwt: new Holder().proof(primed.c_nonce) });
            assert.equal(data.format, "jwt_vc_json");
        });

        test("a client registers, reads, changes and deletes itself", async () => {
            const oidc = accessToken => ory.public("OidcApi", { accessToken });
            const oAuth2Client = { client_name: "Weather", redirect_uris: ["https://app.example/callback"] };
            const { data: client } = await oidc().createOidcDynamicClient({ oAuth2Client });
            const { client_id: id, registration_access_token: token } = client;
            const { data: read } = await oidc(token).getOidcDynamicClient({ id });
            const change = { id, oAuth2Client: { ...read, client_name: "Weather 2" } };
            const { data: changed } = await oidc(token).setOidcDynamicClient(change);
            assert.equal(changed.client_name, "Weather 2");
            await oidc(changed.registration_access_token).deleteOidcDynamicClient({ id });
            const gone = oidc(changed.registration_access_token).getOidcDynamicClient({ id });
            assert.equal((await refusal(gone)).status, 401);
        });

        test("the server describes itself", async () => {
            const { data: configuration } = await ory.public("OidcApi").discoverOidcConfiguration();
            assert.equal(configuration.issuer, PUBLIC);
            const { data: { keys } } = await ory.public("WellknownApi").discoverJsonWebKeys();
            assert.ok(keys.length > 0 && keys.every(key => key.use === "sig" && key.d === undefined));
            assert.ok((await ory.admin("MetadataApi").getVersion()).data.version);
            for (const operation of ["isAlive", "isReady"]) {
                const status = absent.includes(operation) ? "ok" : (await ory.admin("MetadataApi")[operation]()).data.status;
                assert.equal(status, "ok");
            }
        });
    });
}
