// A client that registers itself with `openid-client`, and does with it what the profiles of OAuth ask for.

import assert from "node:assert/strict";

import * as openid from "openid-client";

import { showing } from "./certificates.mjs";

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
    static async register(metadata = {}, authentication = openid.None(), settings = {}) {
        const all = { ...METADATA, ...metadata };
        const configuration = await openid.dynamicClientRegistration(new URL(PUBLIC), all, authentication, { execute });
        return new Client(Client.#with(configuration, authentication, settings));
    }

    /** The same configuration with settings of the library that are nobody's metadata. */
    static #with(configuration, authentication, settings) {
        if (Object.keys(settings).length === 0) return configuration;
        const client = { ...configuration.clientMetadata(), ...settings };
        const changed = new openid.Configuration(configuration.serverMetadata(), client.client_id, client, authentication);
        execute.forEach(step => step(changed));
        return changed;
    }

    /** The same made by an administrator, who may set more. */
    static async administered(metadata = {}, authentication = openid.None(), settings = {}) {
        const body = JSON.stringify({ ...METADATA, ...metadata });
        const headers = { "content-type": "application/json" };
        const answer = await fetch(`${ADMIN}/admin/clients`, { method: "POST", body, headers });
        const { userinfo_signed_response_alg, ...client } = await answer.json();
        assert.equal(answer.status, 201, client.error_description);
        // Where it is `none`, as this API says, the library would expect a JWT.
        if (userinfo_signed_response_alg !== "none") Object.assign(client, { userinfo_signed_response_alg });
        const options = { execute };
        const configuration = await openid.discovery(new URL(PUBLIC), client.client_id, client, authentication, options);
        return new Client(Client.#with(configuration, authentication, settings));
    }

    constructor(configuration) {
        this.configuration = configuration;
        this.#goBy(fetch);
    }

    /** The addresses that were called for more than the server's keys. */
    endpoints() {
        return this.requests.map(({ address }) => address).filter(address => !address.endsWith("/.well-known/jwks.json"));
    }

    /** From now on this certificate is shown on new connections, or none. */
    shows(certificate) {
        this.#goBy(showing(certificate));
        return this;
    }

    #goBy(fetch) {
        this.configuration[openid.customFetch] = async (address, options) => {
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
