// A person with a browser, and the login application that knows them: whatever a client asks for, they log in and agree
// to it.

import assert from "node:assert/strict";

import sdk from "@ory/client";

import { Browser } from "./browser.mjs";

const { ADMIN } = process.env;
assert.ok(ADMIN, "ADMIN is not set: see tests/external/serve");
const admin = new sdk.OAuth2Api(new sdk.Configuration({ basePath: ADMIN }));

const SESSION = { id_token: { name: "Ada Lovelace", team: "north" }, access_token: { role: "analyst" } };

const parameter = (address, name) => {
    const value = address.searchParams.get(name);
    assert.ok(value, `no ${name} in ${address}`);
    return value;
};

export class Person {
    browser = new Browser();

    constructor(subject = "ada") {
        this.subject = subject;
    }

    /** Goes to the address of an authorization request; where the browser is sent in the end. */
    async agree(address) {
        return this.#consent(await this.browser.follow(await this.#logIn(await this.browser.follow(address))));
    }

    /** Connects the device that shows this. */
    async connect({ verification_uri, user_code }) {
        const deviceChallenge = parameter(await this.browser.follow(verification_uri), "device_challenge");
        const acceptDeviceUserCodeRequest = { user_code };
        const { data } = await admin.acceptUserCodeRequest({ deviceChallenge, acceptDeviceUserCodeRequest });
        return this.agree(data.redirect_to);
    }

    /** Goes to the address at which one logs out, and means it; where the browser is sent in the end. */
    async logOut(address) {
        const logoutChallenge = parameter(await this.browser.follow(address), "logout_challenge");
        const { data } = await admin.acceptOAuth2LogoutRequest({ logoutChallenge });
        return this.browser.follow(data.redirect_to);
    }

    async #logIn(page) {
        const { subject } = this;
        const loginChallenge = parameter(page, "login_challenge");
        const acceptOAuth2LoginRequest = { subject, remember: true, acr: "pwd" };
        const { data } = await admin.acceptOAuth2LoginRequest({ loginChallenge, acceptOAuth2LoginRequest });
        return data.redirect_to;
    }

    async #consent(page) {
        const consentChallenge = parameter(page, "consent_challenge");
        const { data: asked } = await admin.getOAuth2ConsentRequest({ consentChallenge });
        assert.equal(asked.subject, this.subject);
        const acceptOAuth2ConsentRequest = {
            grant_scope: asked.requested_scope,
            grant_access_token_audience: asked.requested_access_token_audience,
            session: SESSION,
        };
        const { data } = await admin.acceptOAuth2ConsentRequest({ consentChallenge, acceptOAuth2ConsentRequest });
        return this.browser.follow(data.redirect_to);
    }
}
