// `openid-client` shows a certificate (RFC 8705): it proves with it who it is, and its tokens are good with it alone. The
// listener for that is the server's own. Certificates are made by `certificates`.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as openid from "openid-client";

import { Client, PUBLIC, refusal } from "./certified-client.mjs";
import { Certificate, MTLS } from "./certificates.mjs";
import { Person } from "./person.mjs";

const CREDENTIALS = { grant_types: ["client_credentials", "authorization_code", "refresh_token"], scope: "openid offline read" };
const ALIASES = { use_mtls_endpoint_aliases: true };
const NOT_AUTHENTICATED = refusal("invalid_client", 401);

const client = Certificate.named("client");
const another = Certificate.named("another");
const selfSigned = Certificate.named("self-signed");

/** Whoever an authority calls by this name. */
function vouchedFor(metadata = {}) {
    const own = { token_endpoint_auth_method: "tls_client_auth", tls_client_auth_subject_dn: "CN=client,O=Example" };
    return Client.administered({ ...CREDENTIALS, ...own, ...metadata }, openid.TlsClientAuth(), ALIASES);
}

/** Whoever has the key of a certificate that nobody vouches for. */
function unvouched(metadata = {}) {
    const own = { token_endpoint_auth_method: "self_signed_tls_client_auth", jwks: { keys: [selfSigned.jwk] } };
    return Client.register({ ...CREDENTIALS, ...own, ...metadata }, openid.TlsClientAuth(), ALIASES);
}

const credentials = ({ configuration }) => openid.clientCredentialsGrant(configuration, { scope: "read" });
const METHODS = [[vouchedFor, client], [unvouched, selfSigned]];

test("discovery names the listener for certificates", async () => {
    const { configuration } = await vouchedFor();
    const server = configuration.serverMetadata();
    assert.equal(server.tls_client_certificate_bound_access_tokens, true);
    for (const name of ["token_endpoint", "pushed_authorization_request_endpoint", "userinfo_endpoint", "revocation_endpoint"]) {
        assert.equal(server.mtls_endpoint_aliases[name], server[name].replace(PUBLIC, MTLS));
    }
});

test("a certificate opens every endpoint that asks who the client is", async () => {
    for (const [register, certificate] of METHODS) {
        const party = (await register()).shows(certificate);
        const own = await credentials(party);
        assert.deepEqual([own.token_type, own.scope], ["bearer", "read"]);
        const ada = new Person();
        const tokens = await party.end(await ada.agree(await party.pushed()));
        const refreshed = await openid.refreshTokenGrant(party.configuration, tokens.refresh_token);
        assert.equal(refreshed.claims().sub, "ada");
        await openid.tokenRevocation(party.configuration, refreshed.refresh_token);
        assert.deepEqual(await party.introspect(refreshed.access_token), { active: false });
        assert.ok(party.endpoints().every(address => address.startsWith(`${MTLS}/`)), "all went to the listener");
    }
});

test("another certificate, or none, is somebody else", async () => {
    for (const [register] of METHODS) {
        const party = await register();
        for (const certificate of [another, undefined]) {
            party.shows(certificate);
            await assert.rejects(credentials(party), NOT_AUTHENTICATED);
            await assert.rejects(party.pushed(), NOT_AUTHENTICATED);
        }
        // The endpoints of everybody see no certificate at all.
        const { client_id } = party.configuration.clientMetadata();
        const plain = new openid.Configuration(party.configuration.serverMetadata(), client_id, undefined, openid.TlsClientAuth());
        openid.allowInsecureRequests(plain);
        await assert.rejects(credentials({ configuration: plain }), NOT_AUTHENTICATED);
    }
    // A name is worth nothing without the authority.
    const forged = (await vouchedFor()).shows(Certificate.named("forged"));
    await assert.rejects(credentials(forged), NOT_AUTHENTICATED);
});

test("tokens are good with the certificate alone", async () => {
    const bound = { tls_client_certificate_bound_access_tokens: true };
    for (const [register, certificate] of METHODS) {
        const [party, ada] = [(await register(bound)).shows(certificate), new Person()];
        const tokens = await party.end(await ada.agree(await party.pushed()));
        assert.equal(tokens.token_type, "bearer");
        const shown = await party.introspect(tokens.access_token);
        assert.deepEqual([shown.active, shown.cnf], [true, { "x5t#S256": certificate.thumbprint }]);
        const userinfo = () => openid.fetchUserInfo(party.configuration, tokens.access_token, "ada");
        assert.equal((await userinfo()).name, "Ada Lovelace");
        for (const thief of [another, undefined]) {
            party.shows(thief);
            await assert.rejects(userinfo(), { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE", status: 401 });
        }
        const plain = await fetch(`${PUBLIC}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
        assert.deepEqual([plain.status, /error="invalid_token"/.test(plain.headers.get("www-authenticate"))], [401, true]);
        party.shows(certificate);
        const refreshed = await openid.refreshTokenGrant(party.configuration, tokens.refresh_token);
        assert.deepEqual((await party.introspect(refreshed.access_token)).cnf, { "x5t#S256": certificate.thumbprint });
        const own = await credentials(party);
        assert.deepEqual((await party.introspect(own.access_token)).cnf, { "x5t#S256": certificate.thumbprint });
    }
});

test("a public client binds its tokens, and refreshes with its certificate alone", async () => {
    const metadata = { tls_client_certificate_bound_access_tokens: true };
    const [party, ada] = [(await Client.register(metadata, openid.None(), ALIASES)).shows(selfSigned), new Person()];
    const tokens = await party.end(await ada.agree(await party.address()));
    const refresh = () => openid.refreshTokenGrant(party.configuration, tokens.refresh_token);
    for (const thief of [another, undefined]) {
        party.shows(thief);
        await assert.rejects(refresh(), refusal(thief ? "invalid_grant" : "invalid_request"));
    }
    party.shows(selfSigned);
    const refreshed = await refresh();
    assert.equal((await openid.fetchUserInfo(party.configuration, refreshed.access_token, "ada")).sub, "ada");
});
