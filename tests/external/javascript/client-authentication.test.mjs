// `openid-client` authenticates with assertions (RFC 7523) at every endpoint that asks, and does what only a client that
// has authenticated may do.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as openid from "openid-client";

import { Client, PUBLIC, refusal, signingKey } from "./certified-client.mjs";
import { Person } from "./person.mjs";

const NOT_AUTHENTICATED = refusal("invalid_client", 401);
// Where the client has tried Basic the answer has a challenge (RFC 6749 §5.2), and the library looks at that first.
const CHALLENGED = { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE", status: 401 };
const CREDENTIALS = { grant_types: ["client_credentials", "authorization_code", "refresh_token"], scope: "openid offline read" };

/** A client that signs its assertions with a key of its own. */
async function withKey(modify, algorithm = "ES256") {
    const key = await signingKey(algorithm);
    const options = modify ? { [openid.modifyAssertion]: modify } : undefined;
    const metadata = { ...CREDENTIALS, token_endpoint_auth_method: "private_key_jwt", jwks: key.jwks };
    return Client.register(metadata, openid.PrivateKeyJwt(key.private, options));
}

const credentials = client => openid.clientCredentialsGrant(client.configuration, { scope: "read" });

/** Somebody who says that they are this client. */
function anotherAuthentication({ configuration }, authentication) {
    const { client_id } = configuration.clientMetadata();
    const another = new openid.Configuration(configuration.serverMetadata(), client_id, undefined, authentication);
    openid.allowInsecureRequests(another);
    return { configuration: another };
}

test("a key opens every endpoint that asks who the client is", async () => {
    const [client, ada] = [await withKey(), new Person()];
    const own = await credentials(client);
    assert.deepEqual([own.token_type, own.scope, own.refresh_token], ["bearer", "read", undefined]);
    const shown = await client.introspect(own.access_token);
    const { client_id } = client.configuration.clientMetadata();
    assert.deepEqual([shown.active, shown.client_id, shown.sub, shown.scope], [true, client_id, client_id, "read"]);

    const tokens = await client.end(await ada.agree(await client.pushed()));
    const refreshed = await openid.refreshTokenGrant(client.configuration, tokens.refresh_token);
    assert.equal(refreshed.claims().sub, "ada");
    await openid.tokenRevocation(client.configuration, refreshed.refresh_token);
    for (const token of [refreshed.access_token, refreshed.refresh_token, tokens.access_token]) {
        assert.deepEqual(await client.introspect(token), { active: false });
    }
    await assert.rejects(
        openid.refreshTokenGrant(client.configuration, refreshed.refresh_token),
        refusal("invalid_grant"),
    );
});

test("an assertion counts once", async () => {
    const jti = crypto.randomUUID();
    const client = await withKey((_, claims) => Object.assign(claims, { jti }));
    await credentials(client);
    await assert.rejects(credentials(client), NOT_AUTHENTICATED);
    await assert.rejects(client.pushed(), NOT_AUTHENTICATED);
});

test("assertions may be signed with what discovery offers", async () => {
    for (const algorithm of ["RS256", "PS256", "ES256", "ES384", "Ed25519"]) {
        const client = await withKey(undefined, algorithm);
        assert.equal((await credentials(client)).scope, "read", algorithm);
    }
});

test("an assertion is for this server", async () => {
    const forServer = audience => withKey((_, claims) => Object.assign(claims, { aud: audience }));
    // Earlier versions of the library named both in a list.
    for (const audience of [PUBLIC, `${PUBLIC}/oauth2/token`, [PUBLIC, `${PUBLIC}/oauth2/token`]]) {
        assert.equal((await credentials(await forServer(audience))).scope, "read");
    }
    for (const audience of ["https://attacker.example", [PUBLIC, "https://attacker.example"], []]) {
        await assert.rejects(credentials(await forServer(audience)), NOT_AUTHENTICATED);
    }
});

test("an assertion says who, until when, and is signed by that client", async () => {
    const wrong = [
        (_, claims) => delete claims.jti,
        (_, claims) => delete claims.exp,
        (_, claims) => Object.assign(claims, { exp: claims.iat - 120 }),
        (_, claims) => Object.assign(claims, { sub: "somebody-else" }),
        (_, claims) => Object.assign(claims, { iss: "somebody-else" }),
        header => Object.assign(header, { kid: "unknown" }),
    ];
    for (const modify of wrong) {
        await assert.rejects(credentials(await withKey(modify)), NOT_AUTHENTICATED, modify.toString());
    }
    const client = await withKey();
    const stranger = await signingKey();
    const forged = anotherAuthentication(client, openid.PrivateKeyJwt(stranger.private));
    await assert.rejects(credentials(forged), NOT_AUTHENTICATED);
    assert.equal((await credentials(client)).scope, "read");
});

test("secrets are sent as they were registered", async () => {
    const methods = {
        client_secret_basic: openid.ClientSecretBasic,
        client_secret_post: openid.ClientSecretPost,
        client_secret_jwt: openid.ClientSecretJwt,
    };
    for (const [method, authentication] of Object.entries(methods)) {
        const client = await Client.register({ ...CREDENTIALS, token_endpoint_auth_method: method }, authentication());
        assert.equal((await credentials(client)).scope, "read", method);
        const guess = anotherAuthentication(client, authentication("a-secret-that-somebody-guessed"));
        const refused = method === "client_secret_basic" ? CHALLENGED : NOT_AUTHENTICATED;
        await assert.rejects(credentials(guess), refused, method);
    }
});

test("a device is let in", async () => {
    const [television, ada] = [await Client.register(), new Person()];
    const device = await openid.initiateDeviceAuthorization(television.configuration, { scope: "openid offline" });
    assert.equal(device.verification_uri, `${PUBLIC}/oauth2/device/verify`);
    assert.equal((await ada.connect(device)).pathname, "/device/success");
    const tokens = await openid.pollDeviceAuthorizationGrant(television.configuration, { ...device, interval: 1 });
    assert.deepEqual([tokens.claims().sub, tokens.scope], ["ada", "openid offline"]);
    const again = openid.pollDeviceAuthorizationGrant(television.configuration, { ...device, interval: 1 });
    await assert.rejects(again, refusal("invalid_grant"));
});
