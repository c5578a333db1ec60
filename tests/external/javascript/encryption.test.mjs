// What `openid-client` gets is encrypted for its key alone (OpenID Connect Core §10.2, JARM, RFC 9701).

import assert from "node:assert/strict";
import { test } from "node:test";

import * as openid from "openid-client";

import { Client, PUBLIC, refusal, signingKey } from "./certified-client.mjs";
import { Person } from "./person.mjs";

const API = "https://api.example/notes";
const KEYS = {
    "RSA-OAEP-256": { name: "RSA-OAEP", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
    "ECDH-ES": { name: "ECDH", namedCurve: "P-256" },
    "ECDH-ES+A256KW": { name: "ECDH", namedCurve: "P-256" },
};

/** A key pair to decrypt with, and its public half as a client registers it. */
async function decryptionKey(alg, kid = "for-the-client") {
    const usages = alg.startsWith("RSA") ? ["encrypt", "decrypt"] : ["deriveBits"];
    const { privateKey, publicKey } = await crypto.subtle.generateKey(KEYS[alg], true, usages);
    const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey("jwk", publicKey);
    return { private: { key: privateKey, alg, kid }, jwk: { kty, crv, x, y, n, e, kid, use: "enc", alg } };
}

for (const [alg, enc] of [["RSA-OAEP-256", "A128CBC-HS256"], ["ECDH-ES", "A256GCM"], ["ECDH-ES+A256KW", "A256CBC-HS512"]]) {
    test(`answers are encrypted with ${alg} and ${enc}`, async () => {
        const key = await decryptionKey(alg);
        const metadata = { jwks: { keys: [key.jwk] }, userinfo_signed_response_alg: "RS256" };
        for (const kind of ["id_token", "userinfo", "authorization"]) {
            Object.assign(metadata, { [`${kind}_encrypted_response_alg`]: alg, [`${kind}_encrypted_response_enc`]: enc });
        }
        const [client, ada] = [await Client.register(metadata), new Person()];
        openid.enableDecryptingResponses(client.configuration, [enc], key.private);
        openid.useJwtResponseMode(client.configuration);

        const callback = await ada.agree(await client.address());
        assert.deepEqual([...callback.searchParams.keys()], ["response"]);
        assert.equal(callback.searchParams.get("response").split(".").length, 5);
        const tokens = await client.end(callback);
        assert.equal(tokens.claims().sub, "ada");
        assert.equal(tokens.id_token.split(".").length, 5);
        const user = await openid.fetchUserInfo(client.configuration, tokens.access_token, "ada");
        assert.equal(user.name, "Ada Lovelace");
        const refreshed = await openid.refreshTokenGrant(client.configuration, tokens.refresh_token);
        assert.equal(refreshed.id_token.split(".").length, 5);
        assert.equal(refreshed.claims().sub, "ada");
    });
}

test("nothing is encrypted for a client that has no key for it", async () => {
    const { jwks } = await signingKey();
    const metadata = { jwks, id_token_encrypted_response_alg: "RSA-OAEP-256" };
    await assert.rejects(Client.register(metadata), refusal("invalid_client_metadata"));
});

test("a resource server learns of tokens for it, in a signed answer", async () => {
    const own = await signingKey();
    const server = await Client.administered({
        grant_types: ["client_credentials"],
        response_types: [],
        resource_server: true,
        audience: [API],
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: "ES256",
        introspection_signed_response_alg: "ES256",
        jwks: own.jwks,
    }, openid.PrivateKeyJwt(own.private));
    assert.equal(server.configuration.serverMetadata().introspection_endpoint, `${PUBLIC}/oauth2/introspect`);

    const metadata = { token_endpoint_auth_method: "client_secret_basic", grant_types: ["client_credentials"] };
    const program = await Client.register({ ...metadata, audience: [API, "https://api.example/accounts"], scope: "read" },
        openid.ClientSecretBasic());
    const { client_id } = program.configuration.clientMetadata();
    const token = async audience =>
        (await openid.clientCredentialsGrant(program.configuration, { scope: "read", audience })).access_token;
    const shown = await openid.tokenIntrospection(server.configuration, await token(API));
    assert.deepEqual([shown.active, shown.client_id, shown.aud, shown.scope], [true, client_id, [API], "read"]);
    const asked = server.requests.find(({ address }) => address.endsWith("/oauth2/introspect"));
    assert.equal(new Headers(asked.headers).get("accept"), "application/token-introspection+jwt");
    const ofAnother = await openid.tokenIntrospection(server.configuration, await token("https://api.example/accounts"));
    assert.deepEqual(ofAnother, { active: false });
    // Who is no resource server does not ask.
    await assert.rejects(openid.tokenIntrospection(program.configuration, await token(API)), refusal("unauthorized_client"));
});
