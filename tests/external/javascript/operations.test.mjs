// Ory's generated SDK for JavaScript (`@ory/client`) drives a Symbolon server through all eight operations of its
// `OidcApi`.

import assert from "node:assert/strict";
import { test } from "node:test";

import sdk from "@ory/client";

import { claimsOf, Holder, keyOfDid } from "./holder.mjs";
import { PUBLIC, tokensOf } from "./login-application.mjs";

const oidc = accessToken => new sdk.OidcApi(new sdk.Configuration({ basePath: PUBLIC, accessToken }));

const metadata = {
    client_name: "Weather",
    redirect_uris: ["https://app.example/callback"],
    grant_types: ["authorization_code", "refresh_token"],
    contacts: ["ops@app.example"],
};

async function registered() {
    const answer = await oidc().createOidcDynamicClient({ oAuth2Client: metadata });
    assert.equal(answer.status, 201);
    return answer.data;
}

/** Status and body of a call that must be refused. */
async function refusal(call) {
    try {
        await call;
    } catch (error) {
        assert.ok(error.response, error);
        return { status: error.response.status, ...error.response.data };
    }
    assert.fail("not refused");
}

test("discoverOidcConfiguration", async () => {
    const { data } = await oidc().discoverOidcConfiguration();
    assert.equal(data.issuer, PUBLIC);
    assert.equal(data.authorization_endpoint, `${PUBLIC}/oauth2/auth`);
    assert.equal(data.token_endpoint, `${PUBLIC}/oauth2/token`);
    assert.equal(data.registration_endpoint, `${PUBLIC}/oauth2/register`);
    assert.equal(data.device_authorization_endpoint, `${PUBLIC}/oauth2/device/auth`);
    assert.deepEqual(data.id_token_signed_response_alg, ["RS256"]);
    assert.deepEqual(data.userinfo_signed_response_alg, ["RS256"]);
});

test("createOidcDynamicClient", async () => {
    const client = await registered();
    assert.equal(client.client_name, "Weather");
    assert.deepEqual(client.redirect_uris, metadata.redirect_uris);
    assert.equal(client.token_endpoint_auth_method, "client_secret_basic");
    assert.equal(client.registration_client_uri, `${PUBLIC}/oauth2/register/${client.client_id}`);
    assert.ok(client.client_secret.length >= 26);
    assert.ok(!Number.isNaN(Date.parse(client.created_at)));
    const wrong = { ...metadata, redirect_uris: ["https://app.example/#fragment"] };
    const refused = await refusal(oidc().createOidcDynamicClient({ oAuth2Client: wrong }));
    assert.deepEqual([refused.status, refused.error], [400, "invalid_redirect_uri"]);
});

test("getOidcDynamicClient", async () => {
    const { client_id: id, registration_access_token: token } = await registered();
    const { data } = await oidc(token).getOidcDynamicClient({ id });
    assert.equal(data.client_id, id);
    assert.deepEqual(data.contacts, metadata.contacts);
    assert.equal(data.client_secret, undefined);
    assert.equal((await refusal(oidc().getOidcDynamicClient({ id }))).status, 401);
    assert.equal((await refusal(oidc("made-up").getOidcDynamicClient({ id }))).status, 401);
});

test("setOidcDynamicClient", async () => {
    const { client_id: id, registration_access_token: token } = await registered();
    const { data: read } = await oidc(token).getOidcDynamicClient({ id });
    const oAuth2Client = { ...read, client_name: "Weather 2" };
    const { status, data } = await oidc(token).setOidcDynamicClient({ id, oAuth2Client });
    assert.equal(status, 200);
    assert.equal(data.client_name, "Weather 2");
    assert.notEqual(data.registration_access_token, token);
    assert.equal((await refusal(oidc(token).setOidcDynamicClient({ id, oAuth2Client }))).status, 401);
    const { data: again } = await oidc(data.registration_access_token).getOidcDynamicClient({ id });
    assert.deepEqual(again, { ...read, client_name: "Weather 2", updated_at: again.updated_at });
});

test("deleteOidcDynamicClient", async () => {
    const { client_id: id, registration_access_token: token } = await registered();
    assert.equal((await oidc(token).deleteOidcDynamicClient({ id })).status, 204);
    assert.equal((await refusal(oidc(token).getOidcDynamicClient({ id }))).status, 401);
});

test("getOidcUserInfo", async () => {
    const { access_token: token } = await tokensOf("javascript-userinfo");
    const { data } = await oidc(token).getOidcUserInfo();
    assert.equal(data.sub, "javascript-userinfo");
    assert.equal(data.name, "Ada Lovelace");
    assert.equal(data.email_verified, true);
    assert.equal(data.team, "north");
    assert.equal((await refusal(oidc().getOidcUserInfo())).status, 401);
});

test("createVerifiableCredential", async () => {
    const { access_token: token } = await tokensOf("javascript-credential");
    // The SDK sends no token here by itself.
    const options = { headers: { Authorization: `Bearer ${token}` } };
    const ask = proof => {
        const createVerifiableCredentialRequestBody = { format: "jwt_vc_json", proof };
        return oidc().createVerifiableCredential({ createVerifiableCredentialRequestBody }, options);
    };
    const primed = await refusal(ask());
    assert.deepEqual([primed.status, primed.error, primed.c_nonce_expires_in], [400, "missing_proof", 3600]);
    const holder = new Holder();
    const { data } = await ask({ proof_type: "jwt", jwt: holder.proof(primed.c_nonce) });
    assert.equal(data.format, "jwt_vc_json");
    const credential = claimsOf(data.credential_draft_00);
    assert.equal(credential.iss, PUBLIC);
    assert.equal(keyOfDid(credential.sub).x, holder.jwk.x);
    assert.deepEqual(credential.vc.type, ["VerifiableCredential", "UserInfoCredential"]);
    assert.equal(credential.vc.credentialSubject.name, "Ada Lovelace");
    assert.equal((await refusal(oidc().createVerifiableCredential())).status, 401);
});

test("revokeOidcSession", async () => {
    // Nobody is logged in: the redirect leads to a page that answers.
    assert.equal((await oidc().revokeOidcSession()).status, 200);
});
