// `openid-client` gets and uses tokens that are good with one key alone (RFC 9449). The server demands nonces in the
// proofs where DPOP_NONCES is `true`; the library brings them by itself.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as openid from "openid-client";

import { Client, PUBLIC, refusal, signingKey } from "./certified-client.mjs";
import { Person } from "./person.mjs";

const withNonces = process.env.DPOP_NONCES === "true";

/** A new key, and the library's handle for its proofs. */
async function prover(client) {
    const keys = await openid.randomDPoPKeyPair("ES256");
    return { DPoP: openid.getDPoPHandle(client.configuration, keys) };
}

const claimsOf = token => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const proofOf = request => new Headers(request.headers).get("dpop");
const challenge = answer => answer.headers.get("www-authenticate");

/** A public client whose tokens are bound to a key, and the person who agreed to it. */
async function bound(metadata) {
    const [client, ada] = [await Client.register(metadata), new Person()];
    const key = await prover(client);
    const tokens = await client.end(await ada.agree(await client.address()), key);
    return { client, ada, key, tokens };
}

test("tokens are bound to the key of the request", async () => {
    const { client, key, tokens } = await bound();
    assert.equal(tokens.token_type, "dpop");
    // With nonces the first proof is answered with one, and the library comes again.
    const requests = client.requests.filter(({ address }) => address.endsWith("/oauth2/token"));
    assert.deepEqual(requests.map(({ status }) => status), withNonces ? [400, 200] : [200]);
    assert.equal("nonce" in claimsOf(proofOf(requests.at(-1))), withNonces);
    const shown = await client.introspect(tokens.access_token);
    assert.deepEqual(shown.cnf, { jkt: await key.DPoP.calculateThumbprint() });
    assert.deepEqual([shown.active, shown.sub], [true, "ada"]);
    const user = await openid.fetchUserInfo(client.configuration, tokens.access_token, "ada", key);
    assert.equal(user.name, "Ada Lovelace");
});

test("a bound token opens nothing without its key", async () => {
    const { client, key, tokens } = await bound();
    const userinfo = (...options) => openid.fetchUserInfo(client.configuration, tokens.access_token, "ada", ...options);
    const refused = { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE", status: 401 };
    await assert.rejects(userinfo(), refused);
    await assert.rejects(userinfo(await prover(client)), refused);
    assert.equal((await userinfo(key)).sub, "ada");
    // Nor does a bearer token sent as a bound one.
    const [other, bob] = [await Client.register(), new Person("bob")];
    const bearer = await other.end(await bob.agree(await other.address()));
    const as = openid.fetchUserInfo(other.configuration, bearer.access_token, "bob", await prover(other));
    await assert.rejects(as, refused);
});

test("a proof counts once, at one address, with one token", async () => {
    const { client, key, tokens } = await bound();
    await openid.fetchUserInfo(client.configuration, tokens.access_token, "ada", key);
    const { address, headers } = client.requests.at(-1);
    const replayed = await fetch(address, { headers });
    assert.equal(replayed.status, 401);
    assert.match(challenge(replayed), /^DPoP .*error="invalid_dpop_proof"/);

    // Another method, and another token of the same key.
    let request;
    client.configuration[openid.customFetch] = async (where, options) => {
        request = options;
        return new Response("{}", { status: 200, headers: { "content-type": "application/json" } });
    };
    const kept = async (token, method) => {
        const address = new URL(`${PUBLIC}/userinfo`);
        await openid.fetchProtectedResource(client.configuration, token, address, method, undefined, undefined, key);
        return new Headers(request.headers);
    };
    const posted = await fetch(`${PUBLIC}/userinfo`, { method: "POST", headers: await kept(tokens.access_token, "GET") });
    assert.equal(posted.status, 401);
    assert.match(challenge(posted), /error="invalid_dpop_proof"/);
    const ofAnother = await kept("another-token", "GET");
    ofAnother.set("authorization", `DPoP ${tokens.access_token}`);
    const wrongHash = await fetch(`${PUBLIC}/userinfo`, { headers: ofAnother });
    assert.equal(wrongHash.status, 401);
    assert.match(challenge(wrongHash), /error="invalid_dpop_proof"/);
    const right = await fetch(`${PUBLIC}/userinfo`, { method: "POST", headers: await kept(tokens.access_token, "POST") });
    assert.equal(right.status, 200);
});

test("a public client refreshes with its key, and with no other", async () => {
    const { client, key, tokens } = await bound();
    const refresh = options => openid.refreshTokenGrant(client.configuration, tokens.refresh_token, {}, options);
    await assert.rejects(refresh(), refusal("invalid_dpop_proof"));
    await assert.rejects(refresh(await prover(client)), refusal("invalid_grant"));
    for (let count = 0; count < 3; count++) {
        const refreshed = await refresh(key);
        assert.equal(refreshed.token_type, "dpop");
        assert.equal(refreshed.claims().sub, "ada");
        const user = await openid.fetchUserInfo(client.configuration, refreshed.access_token, "ada", key);
        assert.equal(user.sub, "ada");
    }
});

test("a code is bound before there is one", async () => {
    const [client, ada] = [await Client.register(), new Person()];
    const key = await prover(client);
    const jkt = await key.DPoP.calculateThumbprint();
    const bindings = [options => client.pushed({}, options), () => client.address({ dpop_jkt: jkt })];
    for (const binding of bindings) {
        const stolen = await ada.agree(await binding(key));
        await assert.rejects(client.end(stolen, await prover(client)), refusal("invalid_grant"));
        const tokens = await client.end(await ada.agree(await binding(key)), key);
        assert.equal(tokens.token_type, "dpop");
        const withoutProof = client.end(await ada.agree(await binding(key)));
        await assert.rejects(withoutProof, refusal("invalid_dpop_proof"));
    }
    // The two must agree.
    const contradiction = client.pushed({ dpop_jkt: jkt }, await prover(client));
    await assert.rejects(contradiction, refusal("invalid_dpop_proof"));
});

test("a client that wants no bearer tokens gets none", async () => {
    const [client, ada] = [await Client.register({ dpop_bound_access_tokens: true }), new Person()];
    const callback = await ada.agree(await client.address());
    await assert.rejects(client.end(callback), refusal("invalid_dpop_proof"));
    // The code is still there for the holder of a key.
    assert.equal((await client.end(callback, await prover(client))).token_type, "dpop");
});

test("a device gets bound tokens", async () => {
    const [television, ada] = [await Client.register(), new Person()];
    const key = await prover(television);
    const dpop_jkt = await key.DPoP.calculateThumbprint();
    const device = await openid.initiateDeviceAuthorization(television.configuration, { scope: "openid", dpop_jkt });
    await ada.connect(device);
    const poll = options =>
        openid.pollDeviceAuthorizationGrant(television.configuration, { ...device, interval: 1 }, undefined, options);
    const tokens = await poll(key);
    assert.equal(tokens.token_type, "dpop");
    const user = await openid.fetchUserInfo(television.configuration, tokens.access_token, "ada", key);
    assert.equal(user.sub, "ada");
});

test("a client that authenticates may change its key", async () => {
    const own = await signingKey();
    const metadata = {
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: "ES256",
        jwks: own.jwks,
        access_token_strategy: "rfc9068",
    };
    const [client, ada] = [await Client.administered(metadata, openid.PrivateKeyJwt(own.private)), new Person()];
    const keys = [await prover(client), await prover(client)];
    const bindings = async ({ access_token }, key) => {
        // For resource servers that read it themselves.
        assert.deepEqual(claimsOf(access_token).cnf, { jkt: await key.DPoP.calculateThumbprint() });
        const user = await openid.fetchUserInfo(client.configuration, access_token, "ada", key);
        assert.equal(user.sub, "ada");
    };
    const tokens = await client.end(await ada.agree(await client.pushed()), keys[0]);
    await bindings(tokens, keys[0]);
    const refreshed = await openid.refreshTokenGrant(client.configuration, tokens.refresh_token, {}, keys[1]);
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
    await bindings(refreshed, keys[1]);
});

test("every algorithm that is offered for proofs is accepted", async () => {
    const { configuration } = await Client.register();
    const offered = configuration.serverMetadata().dpop_signing_alg_values_supported;
    assert.deepEqual(offered, ["ES256", "EdDSA", "PS256"]);
    for (const algorithm of ["ES256", "Ed25519", "PS256"]) {
        const [client, ada] = [await Client.register(), new Person()];
        const keys = await openid.randomDPoPKeyPair(algorithm);
        const key = { DPoP: openid.getDPoPHandle(client.configuration, keys) };
        const tokens = await client.end(await ada.agree(await client.address()), key);
        assert.equal(tokens.token_type, "dpop", algorithm);
        const user = await openid.fetchUserInfo(client.configuration, tokens.access_token, "ada", key);
        assert.equal(user.sub, "ada", algorithm);
    }
});
