// How `openid-client` asks for authorization: with PKCE, pushed (RFC 9126), signed (RFC 9101), and what it makes of the
// answer (RFC 9207, JARM).

import assert from "node:assert/strict";
import { test } from "node:test";

import * as openid from "openid-client";

import { CALLBACK, Client, PUBLIC, SCOPE, refusal, signingKey } from "./certified-client.mjs";
import { Person } from "./person.mjs";

/** A client whose request objects are signed with a key of its own. */
async function signing(metadata = {}) {
    const key = await signingKey();
    const client = await Client.register({ jwks: key.jwks, request_object_signing_alg: "ES256", ...metadata });
    return { client, key: key.private };
}

const signed = async (client, key, more) =>
    openid.buildAuthorizationUrlWithJAR(client.configuration, await client.parameters(more), key);

test("discovery names what the other tests use", async () => {
    const { configuration } = await Client.register();
    const { client_id } = configuration.clientMetadata();
    const execute = [openid.allowInsecureRequests];
    for (const algorithm of ["oidc", "oauth2"]) {
        const found = await openid.discovery(new URL(PUBLIC), client_id, {}, openid.None(), { execute, algorithm });
        const server = found.serverMetadata();
        assert.equal(server.issuer, PUBLIC);
        assert.ok(server.supportsPKCE("S256"));
        assert.equal(server.authorization_response_iss_parameter_supported, true);
        assert.equal(server.pushed_authorization_request_endpoint, `${PUBLIC}/oauth2/par`);
        assert.equal(server.require_pushed_authorization_requests, false);
        assert.equal(server.request_parameter_supported, true);
        assert.ok(server.request_object_signing_alg_values_supported.includes("ES256"));
        assert.ok(server.dpop_signing_alg_values_supported.includes("ES256"));
    }
});

test("a code is for the holder of its verifier", async () => {
    const [client, ada] = [await Client.register(), new Person()];
    const before = Math.floor(Date.now() / 1000) - 1;
    const tokens = await client.end(await ada.agree(await client.address({ max_age: "600" })), {}, { maxAge: 600 });
    const { client_id } = client.configuration.clientMetadata();
    const { iss, aud, sub, acr, team, auth_time } = tokens.claims();
    assert.deepEqual({ iss, aud, sub, acr, team }, { iss: PUBLIC, aud: [client_id], sub: "ada", acr: "pwd", team: "north" });
    assert.ok(auth_time >= before, `${auth_time} before ${before}`);
    assert.deepEqual([tokens.token_type, tokens.scope], ["bearer", SCOPE]);
    const user = await openid.fetchUserInfo(client.configuration, tokens.access_token, "ada");
    assert.deepEqual([user.name, user.team], ["Ada Lovelace", "north"]);

    const callback = await ada.agree(await client.address());
    const right = client.verifier;
    client.verifier = openid.randomPKCECodeVerifier();
    await assert.rejects(client.end(callback), refusal("invalid_grant"));
    // Whoever guessed has used up the code.
    client.verifier = right;
    await assert.rejects(client.end(callback), refusal("invalid_grant"));
});

test("an answer says whose it is", async () => {
    const [client, ada] = [await Client.register(), new Person()];
    const callback = await ada.agree(await client.address());
    assert.equal(callback.searchParams.get("iss"), PUBLIC);
    const without = new URL(callback);
    without.searchParams.delete("iss");
    const ofAnother = new URL(callback);
    ofAnother.searchParams.set("iss", "https://attacker.example");
    const invalid = { code: "OAUTH_INVALID_RESPONSE" };
    await assert.rejects(client.end(without), invalid);
    await assert.rejects(client.end(ofAnother), invalid);
    assert.equal((await client.end(callback)).claims().sub, "ada");

    // So does one that refuses.
    const nobody = new Person();
    const refused = await nobody.browser.follow(await client.address({ prompt: "none" }));
    assert.equal(refused.searchParams.get("iss"), PUBLIC);
    await assert.rejects(client.end(refused), { code: "OAUTH_AUTHORIZATION_RESPONSE_ERROR", error: "login_required" });
});

test("a pushed request is seen by nobody on the way, and answered once", async () => {
    const [client, ada] = [await Client.register({ require_pushed_authorization_requests: true }), new Person()];
    const address = await client.pushed();
    assert.deepEqual([...address.searchParams.keys()].sort(), ["client_id", "request_uri"]);
    assert.match(address.searchParams.get("request_uri"), /^urn:ietf:params:oauth:request_uri:/);
    // The page may be loaded again before it is answered.
    await ada.browser.follow(address);
    assert.equal((await client.end(await ada.agree(address))).claims().sub, "ada");
    const again = await ada.browser.visit(address);
    assert.equal(again.address.origin, PUBLIC);
    assert.match(again.body, /invalid_request_uri/);

    const notPushed = await ada.browser.follow(await client.address());
    await assert.rejects(client.end(notPushed), { error: "invalid_request" });
    // What is wrong is told at once.
    await assert.rejects(client.pushed({ redirect_uri: `${CALLBACK}/other` }), refusal("invalid_request"));
    await assert.rejects(client.pushed({ scope: "openid admin" }), refusal("invalid_scope"));
    await assert.rejects(client.pushed({ response_type: "none of all" }), refusal("unsupported_response_type"));
});

test("a signed request cannot be changed on the way", async () => {
    const { client, key } = await signing();
    const ada = new Person();
    const address = await signed(client, key);
    assert.deepEqual([...address.searchParams.keys()].sort(), ["client_id", "request"]);
    assert.equal((await client.end(await ada.agree(address))).claims().nonce, client.nonce);

    const forger = await signingKey();
    const refused = await ada.browser.follow(await signed(client, forger.private));
    assert.equal(refused.origin + refused.pathname, CALLBACK);
    assert.equal(refused.searchParams.get("error"), "invalid_request_object");
    // What nobody vouches for is not repeated.
    assert.ok(!refused.searchParams.get("state"), refused.href);
    // Nothing can be added beside the object.
    const added = await signed(client, key, { scope: "openid" });
    added.searchParams.set("scope", SCOPE);
    assert.equal((await client.end(await ada.agree(added))).scope, "openid");
});

test("a signed request can be pushed", async () => {
    const { client, key } = await signing({ require_pushed_authorization_requests: true });
    const ada = new Person();
    const push = async by => {
        const request = (await signed(client, by)).searchParams;
        return openid.buildAuthorizationUrlWithPAR(client.configuration, request);
    };
    assert.equal((await client.end(await ada.agree(await push(key)))).claims().nonce, client.nonce);
    const forger = await signingKey();
    await assert.rejects(push(forger.private), refusal("invalid_request_object"));
});

test("a signed answer cannot be changed on the way, or be another's", async () => {
    const withSignedAnswers = async algorithm => {
        const client = await Client.register({ authorization_signed_response_alg: algorithm });
        openid.useJwtResponseMode(client.configuration);
        return client;
    };
    for (const algorithm of ["RS256", "ES256"]) {
        const [client, ada] = [await withSignedAnswers(algorithm), new Person()];
        const callback = await ada.agree(await client.address());
        assert.deepEqual([...callback.searchParams.keys()], ["response"]);
        const [header, payload, signature] = callback.searchParams.get("response").split(".");
        const claims = JSON.parse(Buffer.from(payload, "base64url"));
        const changed = Buffer.from(JSON.stringify({ ...claims, code: "another" })).toString("base64url");
        const altered = new URL(callback);
        altered.searchParams.set("response", [header, changed, signature].join("."));
        await assert.rejects(client.end(altered), { code: "OAUTH_INVALID_RESPONSE" });
        const another = await withSignedAnswers(algorithm);
        await another.address({});
        await assert.rejects(another.end(callback), { code: "OAUTH_JWT_CLAIM_COMPARISON_FAILED" });
        assert.equal((await client.end(callback)).claims().sub, "ada");

        const refused = await new Person().browser.follow(await client.address({ prompt: "none" }));
        assert.deepEqual([...refused.searchParams.keys()], ["response"]);
        await assert.rejects(client.end(refused), { error: "login_required" });
    }
});

test("an ID token comes with the code, and vouches for it", async () => {
    const metadata = { response_types: ["code id_token"], grant_types: ["authorization_code", "implicit"] };
    const [client, ada] = [await Client.register({ ...metadata, scope: "openid" }), new Person()];
    openid.useCodeIdTokenResponseType(client.configuration);
    const callback = await ada.agree(await client.address({ scope: "openid" }));
    assert.equal(callback.search, "");
    const other = new URL(callback);
    other.hash = callback.hash.replace(/code=[^&]*/, "code=another");
    await assert.rejects(client.end(other), { code: "OAUTH_JWT_CLAIM_COMPARISON_FAILED" });
    assert.equal((await client.end(callback)).claims().sub, "ada");
});

test("a person logs out where the client sends them", async () => {
    const [client, ada] = [await Client.register(), new Person()];
    const tokens = await client.end(await ada.agree(await client.address()));
    const parameters = { id_token_hint: tokens.id_token, post_logout_redirect_uri: `${CALLBACK}/logged-out`, state: "done" };
    const address = openid.buildEndSessionUrl(client.configuration, parameters);
    assert.equal((await ada.logOut(address)).href, `${CALLBACK}/logged-out?state=done`);
    const after = await ada.browser.follow(await client.address({ prompt: "none" }));
    await assert.rejects(client.end(after), { error: "login_required" });
    const elsewhere = { ...parameters, post_logout_redirect_uri: "https://attacker.example/" };
    const refused = await ada.browser.visit(openid.buildEndSessionUrl(client.configuration, elsewhere));
    assert.equal(refused.address.origin, PUBLIC);
    assert.equal(refused.status, 400);
});
