// A client that registers itself with `openid-client`, and does with it what the profiles of OAuth ask for.

import assert from "node:assert/strict";

import * as openid from "openid-client";

export const { PUBLIC, ADMIN } = process.env;
assert.ok(PUBLIC && ADMIN, "PUBLIC and ADMIN are not set: see tests/external/serve");

export const CALLBACK = "http://127.0.0.1:5555/callback";
export const SCOPE = "openid offline";
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const execute = [openid.allowInsecureRequests, openid.enableNonRepudiationChecks];

/** A key pair to sign with, and its public half as a client registers it. */
export async function signingKey(algorithm = "ES256", kid = "of-the-client") {
    const { privateKey, publicKey } = await openid.randomDPoPKeyPair(algorithm);
    const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey("jwk", publicKey);
    return { private: { key: privateKey, kid }, jwks: { keys: [{ kty, crv, x, y, n, e, kid, use: "sig", alg: algorithm }] } };
}

const METADATA = {
    redirect_uris: [CALLBACK],
    post_logout_redirect_uris: [`${CALLBACK}/logged-out`],
    grant_types: ["authorization_code", "refresh_token", DEVICE_GRANT],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
    scope: SCOPE,
};

export class Client {
    /** All requests to the server: address, method, header fields, and the answer's status. */
    requests = [];

    /** Registers itself; a public client, unless the metadata say otherwise. */
    static async register(metadata = {}, authentication = openid.None()) {
        const all = { ...METADATA, ...metadata };
        return new Client(await openid.dynamicClientRegistration(new URL(PUBLIC), all, authentication, { execute }));
    }

    /** The same made by an administrator, who may set more. */
    static async administered(metadata = {}, authentication = openid.None()) {
        const body = JSON.stringify({ ...METADATA, ...metadata });
        const headers = { "content-type": "application/json" };
        const answer = await fetch(`${ADMIN}/admin/clients`, { method: "POST", body, headers });
        const { userinfo_signed_response_alg, ...client } = await answer.json();
        assert.equal(answer.status, 201, client.error_description);
        // Where it is `none`, as this API says, the library would expect a JWT.
        if (userinfo_signed_response_alg !== "none") Object.assign(client, { userinfo_signed_response_alg });
        const options = { execute };
        return new Client(await openid.discovery(new URL(PUBLIC), client.client_id, client, authentication, options));
    }

    constructor(configuration) {
        this.configuration = configuration;
        configuration[openid.customFetch] = async (address, options) => {
            const answer = await fetch(address, options);
            this.requests.push({ address, ...options, status: answer.status });
            return answer;
        };
    }

    /** The parameters of an authorization request; what `end` compares the answer with is kept. */
    async parameters(more = {}) {
        this.verifier = openid.randomPKCECodeVerifier();
        this.state = openid.randomState();
        this.nonce = openid.randomNonce();
        return {
            redirect_uri: CALLBACK,
            scope: SCOPE,
            code_challenge: await openid.calculatePKCECodeChallenge(this.verifier),
            code_challenge_method: "S256",
            state: this.state,
            nonce: this.nonce,
            ...more,
        };
    }

    async address(more) {
        return openid.buildAuthorizationUrl(this.configuration, await this.parameters(more));
    }

    async pushed(more, options) {
        return openid.buildAuthorizationUrlWithPAR(this.configuration, await this.parameters(more), options);
    }

    /** The tokens for what the browser came back with; the library checks what the specifications ask for. */
    end(callback, options, checks = {}) {
        const { verifier: pkceCodeVerifier, state: expectedState, nonce: expectedNonce } = this;
        const all = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true, ...checks };
        return openid.authorizationCodeGrant(this.configuration, callback, all, undefined, options);
    }

    /** What the server says about a token. Introspection is at the admin listener, which discovery does not name. */
    introspect(token, authentication = openid.None()) {
        const endpoints = { issuer: PUBLIC, introspection_endpoint: `${ADMIN}/admin/oauth2/introspect` };
        const { client_id } = this.configuration.clientMetadata();
        const configuration = new openid.Configuration(endpoints, client_id, undefined, authentication);
        openid.allowInsecureRequests(configuration);
        return openid.tokenIntrospection(configuration, token);
    }
}

/** The rejection of something that the server refuses with this code. */
export const refusal = (error, status = 400) => ({ error, status });
