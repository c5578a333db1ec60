// An application that lets its users log in: `openid-client`, a certified library, with Symbolon as the provider.

import assert from "node:assert/strict";

import * as openid from "openid-client";
import { Configuration, OAuth2Api } from "@ory/hydra-client";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
export const SCOPE = "openid offline email";

export class RelyingParty {
    /** A new client, as the application of that name, called back at `callback`. */
    static async register({ issuer, admin, callback }, name, metadata = {}) {
        const api = new OAuth2Api(new Configuration({ basePath: admin }));
        const { data } = await api.createOAuth2Client({
            oAuth2Client: {
                client_name: name,
                redirect_uris: [callback],
                post_logout_redirect_uris: [`${callback}/logged-out`],
                grant_types: ["authorization_code", "refresh_token", DEVICE_GRANT],
                response_types: ["code"],
                scope: SCOPE,
                ...metadata,
            },
        });
        const authentication = openid.ClientSecretBasic(data.client_secret);
        const options = { execute: [openid.allowInsecureRequests] };
        const configuration = await openid.discovery(new URL(issuer), data.client_id, {}, authentication, options);
        return new RelyingParty(configuration, callback);
    }

    constructor(configuration, callback) {
        Object.assign(this, { configuration, callback });
    }

    /** Sends a browser to the provider; the first page that it comes to. */
    async begin(browser, parameters = {}) {
        this.verifier = openid.randomPKCECodeVerifier();
        this.state = openid.randomState();
        this.nonce = openid.randomNonce();
        const address = openid.buildAuthorizationUrl(this.configuration, {
            redirect_uri: this.callback,
            scope: SCOPE,
            code_challenge: await openid.calculatePKCECodeChallenge(this.verifier),
            code_challenge_method: "S256",
            state: this.state,
            nonce: this.nonce,
            ...parameters,
        });
        return browser.visit(address);
    }

    /** The tokens, when the browser has come back; the library checks everything that the specifications ask for. */
    async end(page) {
        assert.equal(`${page.address.origin}${page.address.pathname}`, this.callback, page.body);
        const { verifier: pkceCodeVerifier, state: expectedState, nonce: expectedNonce } = this;
        const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
        return openid.authorizationCodeGrant(this.configuration, page.address, checks);
    }

    user(tokens) {
        return openid.fetchUserInfo(this.configuration, tokens.access_token, tokens.claims().sub);
    }

    refresh(tokens) {
        return openid.refreshTokenGrant(this.configuration, tokens.refresh_token);
    }

    /** Where a browser is sent to log out. */
    logoutAddress(tokens) {
        return openid.buildEndSessionUrl(this.configuration, {
            id_token_hint: tokens.id_token,
            post_logout_redirect_uri: `${this.callback}/logged-out`,
            state: "after-logout",
        });
    }

    connectDevice() {
        return openid.initiateDeviceAuthorization(this.configuration, { scope: SCOPE });
    }

    deviceTokens(device) {
        return openid.pollDeviceAuthorizationGrant(this.configuration, { ...device, interval: 1 });
    }
}
