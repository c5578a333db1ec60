// `openid-client` asks for a person who is somewhere else (OpenID Connect CIBA, by polling). The person answers at a device
// of the operator's, which calls the admin API.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as openid from "openid-client";

import { ADMIN, Client, PUBLIC, refusal, signingKey } from "./certified-client.mjs";
import { Certificate, MTLS } from "./certificates.mjs";

const CIBA = "urn:openid:params:grant-type:ciba";
const METADATA = {
    grant_types: [CIBA, "refresh_token"],
    response_types: [],
    redirect_uris: [],
    post_logout_redirect_uris: [],
};
const BY_KEY = { token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "ES256" };
const WAITING = `${ADMIN}/admin/oauth2/auth/requests/backchannel`;

/** The authentication device of somebody. */
class Device {
    constructor() {
        // The server does not look these subjects up: an identity system of the operator's knows them.
        this.subject = `person-${crypto.randomUUID()}`;
    }

    /** What waits for them. */
    async waiting() {
        return (await fetch(`${WAITING}?${new URLSearchParams({ subject: this.subject })}`)).json();
    }

    /** They allow it, or do not. */
    async answer({ auth_req_id }, action, more = {}) {
        const body = JSON.stringify({ subject: this.subject, ...more });
        const headers = { "content-type": "application/json" };
        return (await fetch(`${WAITING}/${action}?${new URLSearchParams({ auth_req_id })}`, { method: "PUT", body, headers })).status;
    }
}

/** What a client asks for, in the name of the person with this device. */
const ask = ({ configuration }, { subject }, more = {}) =>
    openid.initiateBackchannelAuthentication(configuration, {
        scope: "openid offline",
        login_hint: subject,
        binding_message: "K7-Q2",
        ...more,
    });

const poll = ({ configuration }, asked, options) =>
    openid.pollBackchannelAuthenticationGrant(configuration, asked, undefined, options);

/** A client that signs its assertions. */
async function withKey(metadata = {}) {
    const key = await signingKey();
    const own = { ...METADATA, ...BY_KEY, jwks: key.jwks };
    return Client.administered({ ...own, ...metadata }, openid.PrivateKeyJwt(key.private));
}

test("discovery says how", async () => {
    const server = (await withKey()).configuration.serverMetadata();
    assert.equal(server.backchannel_authentication_endpoint, `${PUBLIC}/oauth2/backchannel-authentication`);
    assert.deepEqual(server.backchannel_token_delivery_modes_supported, ["poll", "ping"]);
    assert.equal(server.mtls_endpoint_aliases.backchannel_authentication_endpoint, `${MTLS}/oauth2/backchannel-authentication`);
});

test("a person allows it, and the client that polls has its tokens", async () => {
    const [client, device] = [await withKey(), new Device()];
    const asked = await ask(client, device);
    assert.deepEqual([asked.expires_in, asked.interval], [300, 1]);
    const [shown] = await device.waiting();
    assert.deepEqual([shown.binding_message, shown.requested_scope], ["K7-Q2", ["openid", "offline"]]);
    const polling = poll(client, asked);
    // The client hears that it has to wait before anybody answers.
    while (!client.requests.some(({ address, status }) => address.endsWith("/oauth2/token") && status === 400)) {
        await new Promise(resolve => setTimeout(resolve, 50));
    }
    assert.equal(await device.answer(asked, "accept", { acr: "hardware", amr: ["hwk"] }), 204);
    const tokens = await polling;
    const claims = tokens.claims();
    assert.deepEqual([claims.sub, claims.acr, claims.amr, tokens.scope], [device.subject, "hardware", ["hwk"], "openid offline"]);
    assert.equal((await openid.fetchUserInfo(client.configuration, tokens.access_token, device.subject)).sub, device.subject);
    const refreshed = await openid.refreshTokenGrant(client.configuration, tokens.refresh_token);
    assert.equal(refreshed.claims().sub, device.subject);
    // Tokens are handed out once.
    await assert.rejects(poll(client, asked), refusal("invalid_grant"));
});

test("a person denies it", async () => {
    const [client, device] = [await withKey(), new Device()];
    const asked = await ask(client, device);
    assert.equal(await device.answer(asked, "reject"), 204);
    await assert.rejects(poll(client, asked), refusal("access_denied"));
});

test("nobody else gets the tokens", async () => {
    const [client, thief, device] = [await withKey(), await withKey(), new Device()];
    const asked = await ask(client, device);
    assert.equal(await device.answer(asked, "accept"), 204);
    await assert.rejects(poll(thief, asked), refusal("invalid_grant"));
    assert.equal((await poll(client, asked)).claims().sub, device.subject);
});

test("what cannot be asked is refused with its reason", async () => {
    const [client, device] = [await withKey(), new Device()];
    for (const [more, error] of [
        [{ scope: "offline" }, "invalid_scope"],
        [{ id_token_hint: "x" }, "invalid_request"],
        [{ binding_message: "x".repeat(65) }, "invalid_binding_message"],
        [{ user_code: "1234" }, "invalid_request"],
    ]) {
        await assert.rejects(ask(client, device, more), refusal(error), error);
    }
    const stranger = await signingKey();
    const { client_id } = client.configuration.clientMetadata();
    const other = new openid.Configuration(
        client.configuration.serverMetadata(), client_id, undefined, openid.PrivateKeyJwt(stranger.private),
    );
    openid.allowInsecureRequests(other);
    await assert.rejects(ask({ configuration: other }, device), refusal("invalid_client", 401));
});

test("a request may be one signed object", async () => {
    const key = await signingKey();
    const own = { ...METADATA, ...BY_KEY, jwks: key.jwks };
    const signing = { backchannel_authentication_request_signing_alg: "ES256" };
    const client = await Client.administered({ ...own, ...signing }, openid.PrivateKeyJwt(key.private));
    const device = new Device();
    await assert.rejects(ask(client, device), refusal("invalid_request"));
    const now = Math.floor(Date.now() / 1000);
    const { client_id: iss } = client.configuration.clientMetadata();
    const claims = {
        iss, aud: PUBLIC, iat: now, nbf: now, exp: now + 300, jti: crypto.randomUUID(),
        scope: "openid", login_hint: device.subject, binding_message: "signed",
    };
    const asked = await openid.initiateBackchannelAuthentication(client.configuration, { request: await signed(claims, key.private) });
    assert.equal((await device.waiting())[0].binding_message, "signed");
    assert.equal(await device.answer(asked, "accept"), 204);
    assert.equal((await poll(client, asked)).claims().sub, device.subject);
});

test("tokens are bound to a DPoP key", async () => {
    const [client, device] = [await withKey(), new Device()];
    const keys = await openid.randomDPoPKeyPair("ES256");
    const DPoP = openid.getDPoPHandle(client.configuration, keys);
    const asked = await ask(client, device);
    assert.equal(await device.answer(asked, "accept"), 204);
    const tokens = await poll(client, asked, { DPoP });
    assert.equal(tokens.token_type, "dpop");
    assert.deepEqual((await client.introspect(tokens.access_token)).cnf, { jkt: await DPoP.calculateThumbprint() });
});

test("a client with a certificate asks and polls where certificates are seen", async () => {
    const certificate = Certificate.named("client");
    const own = {
        ...METADATA,
        token_endpoint_auth_method: "tls_client_auth",
        tls_client_auth_subject_dn: "CN=client,O=Example",
        tls_client_certificate_bound_access_tokens: true,
    };
    const aliases = { use_mtls_endpoint_aliases: true };
    const client = (await Client.administered(own, openid.TlsClientAuth(), aliases)).shows(certificate);
    const device = new Device();
    const asked = await ask(client, device);
    assert.equal(await device.answer(asked, "accept"), 204);
    const tokens = await poll(client, asked);
    assert.deepEqual((await client.introspect(tokens.access_token)).cnf, { "x5t#S256": certificate.thumbprint });
    assert.ok(client.endpoints().every(address => address.startsWith(`${MTLS}/`)), "all went to the listener");
    client.shows(Certificate.named("another"));
    await assert.rejects(ask(client, new Device()), refusal("invalid_client", 401));
});

/** A JWT of these claims. */
async function signed(claims, { key, kid }) {
    const encode = content => Buffer.from(content).toString("base64url");
    const message = [{ alg: "ES256", kid }, claims].map(part => encode(JSON.stringify(part))).join(".");
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, Buffer.from(message));
    return `${message}.${encode(signature)}`;
}
