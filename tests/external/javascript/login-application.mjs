// A login application written with the generated SDK: it accepts the login and the consent of one flow, and gives the
// tokens that come of it.

import assert from "node:assert/strict";

import sdk from "@ory/client";

import { Browser } from "./browser.mjs";

export const { PUBLIC, ADMIN } = process.env;
assert.ok(PUBLIC && ADMIN, "PUBLIC and ADMIN are not set: see tests/external/serve");

const REDIRECT_URI = "http://127.0.0.1:5555/callback";
const SCOPE = "openid offline";

/** A whole flow of a new client and `subject`. */
export async function tokensOf(subject) {
    const admin = new sdk.OAuth2Api(new sdk.Configuration({ basePath: ADMIN }));
    const { data: client } = await admin.createOAuth2Client({
        oAuth2Client: {
            redirect_uris: [REDIRECT_URI],
            grant_types: ["authorization_code", "refresh_token"],
            scope: SCOPE,
        },
    });
    const browser = new Browser();
    const page = await browser.follow(authorizationAddress(client.client_id));
    const consentPage = await browser.follow(await acceptLogin(admin, page, client, subject));
    const callback = await browser.follow(await acceptConsent(admin, consentPage, subject));
    const code = callback.searchParams.get("code");
    assert.ok(code, `no code in ${callback}`);
    const { client_id: username, client_secret: password } = client;
    const api = new sdk.OAuth2Api(new sdk.Configuration({ basePath: PUBLIC, username, password }));
    const request = { grantType: "authorization_code", code, redirectUri: REDIRECT_URI };
    return (await api.oauth2TokenExchange(request)).data;
}

function authorizationAddress(clientId) {
    const address = new URL("/oauth2/auth", PUBLIC);
    address.search = new URLSearchParams({
        client_id: clientId,
        response_type: "code",
        redirect_uri: REDIRECT_URI,
        scope: SCOPE,
        state: "state-of-the-client",
    });
    return address;
}

async function acceptLogin(admin, page, client, subject) {
    const loginChallenge = page.searchParams.get("login_challenge");
    const { data: request } = await admin.getOAuth2LoginRequest({ loginChallenge });
    assert.equal(request.challenge, loginChallenge);
    assert.equal(request.client.client_id, client.client_id);
    assert.equal(request.skip, false);
    const { data } = await admin.acceptOAuth2LoginRequest({ loginChallenge, acceptOAuth2LoginRequest: { subject } });
    return data.redirect_to;
}

async function acceptConsent(admin, page, subject) {
    const consentChallenge = page.searchParams.get("consent_challenge");
    const { data: request } = await admin.getOAuth2ConsentRequest({ consentChallenge });
    assert.equal(request.subject, subject);
    assert.deepEqual(request.requested_scope, SCOPE.split(" "));
    const acceptOAuth2ConsentRequest = {
        grant_scope: request.requested_scope,
        session: { id_token: { name: "Ada Lovelace", email_verified: true, team: "north" } },
    };
    return (await admin.acceptOAuth2ConsentRequest({ consentChallenge, acceptOAuth2ConsentRequest })).data.redirect_to;
}
