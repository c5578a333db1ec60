// An application for the desktop, written with AppAuth-JS (`@openid/appauth`) and its support for Node.js: it opens the
// person's browser, listens where the browser comes back, and manages its tokens. The "browser" is `xdg-open` of a folder
// of ours, which is `person-at-browser.mjs`.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import appauth from "@openid/appauth";
import { setFlag } from "@openid/appauth/built/flags.js";
import { NodeBasedHandler } from "@openid/appauth/built/node_support/node_request_handler.js";
import { NodeRequestor } from "@openid/appauth/built/node_support/node_requestor.js";
import { NodeCrypto } from "@openid/appauth/built/node_support/crypto_utils.js";

import { ADMIN, PUBLIC } from "./certified-client.mjs";

const SCOPE = "openid offline_access";

const folder = mkdtempSync(join(tmpdir(), "browser-"));
const requestor = new NodeRequestor();
const tokenHandler = new appauth.BaseTokenRequestHandler(requestor);
let server;

before(async () => {
    setFlag("IS_LOG", false);
    symlinkSync(fileURLToPath(new URL("person-at-browser.mjs", import.meta.url)), join(folder, "xdg-open"));
    process.env.PATH = `${folder}${delimiter}${process.env.PATH}`;
    server = await appauth.AuthorizationServiceConfiguration.fetchFromIssuer(PUBLIC, requestor);
});

after(() => rmSync(folder, { recursive: true }));

/** A native client (RFC 8252): public, and called back at whatever port of the loopback interface is free. */
async function registered() {
    const metadata = {
        client_name: "Notes",
        application_type: "native",
        redirect_uris: ["http://127.0.0.1/callback"],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: "none",
        scope: SCOPE,
    };
    const body = JSON.stringify(metadata);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${PUBLIC}/oauth2/register`, { method: "POST", body, headers });
    assert.equal(answer.status, 201);
    return (await answer.json()).client_id;
}

async function freePort() {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address();
    listener.close();
    await once(listener, "close");
    return port;
}

/** Sends the person to the server; what came back, and the request that asked for it. */
async function authorize(client_id, more = {}) {
    const port = await freePort();
    const handler = new NodeBasedHandler(port);
    const notifier = new appauth.AuthorizationNotifier();
    handler.setAuthorizationNotifier(notifier);
    const redirect_uri = `http://127.0.0.1:${port}/callback`;
    const json = { client_id, redirect_uri, scope: SCOPE, response_type: "code", ...more };
    const request = new appauth.AuthorizationRequest(json, new NodeCrypto(), true);
    const answered = new Promise(resolve => {
        notifier.setAuthorizationListener((_, response, error) => resolve({ request, response, error }));
    });
    handler.performAuthorizationRequest(server, request);
    return answered;
}

const tokens = (client_id, json) =>
    tokenHandler.performTokenRequest(server, new appauth.TokenRequest({ client_id, redirect_uri: "", ...json }));

function redeem(client_id, { request, response }, code_verifier = request.internal.code_verifier) {
    const { redirectUri: redirect_uri } = request;
    const grant_type = appauth.GRANT_TYPE_AUTHORIZATION_CODE;
    return tokens(client_id, { grant_type, code: response.code, redirect_uri, extras: { code_verifier } });
}

const refresh = (client_id, refresh_token) =>
    tokens(client_id, { grant_type: appauth.GRANT_TYPE_REFRESH_TOKEN, refresh_token });

async function introspected(token) {
    const body = new URLSearchParams({ token });
    return (await fetch(`${ADMIN}/admin/oauth2/introspect`, { method: "POST", body })).json();
}

const userinfo = token =>
    requestor.xhr({ url: server.userInfoEndpoint, dataType: "json", headers: { Authorization: `Bearer ${token}` } });

test("the server describes itself", () => {
    assert.equal(server.authorizationEndpoint, `${PUBLIC}/oauth2/auth`);
    assert.equal(server.tokenEndpoint, `${PUBLIC}/oauth2/token`);
    assert.equal(server.revocationEndpoint, `${PUBLIC}/oauth2/revoke`);
    assert.equal(server.userInfoEndpoint, `${PUBLIC}/userinfo`);
    assert.equal(server.endSessionEndpoint, `${PUBLIC}/oauth2/sessions/logout`);
});

test("a person logs in, and the application stays logged in until it revokes", async () => {
    const client_id = await registered();
    const answer = await authorize(client_id);
    assert.equal(answer.error, null);
    assert.equal(answer.response.state, answer.request.state);
    const first = await redeem(client_id, answer);
    assert.deepEqual([first.tokenType, first.scope], ["bearer", SCOPE]);
    assert.ok(first.isValid() && first.idToken && first.refreshToken);
    const user = await userinfo(first.accessToken);
    assert.deepEqual([user.sub, user.name], ["ada", "Ada Lovelace"]);

    const second = await refresh(client_id, first.refreshToken);
    assert.notEqual(second.accessToken, first.accessToken);
    assert.notEqual(second.refreshToken, first.refreshToken);
    assert.equal((await introspected(second.accessToken)).sub, "ada");

    const revocation = new appauth.RevokeTokenRequest({ client_id, token: second.refreshToken, token_type_hint: "refresh_token" });
    assert.equal(await tokenHandler.performRevokeTokenRequest(server, revocation), true);
    assert.deepEqual(await introspected(second.accessToken), { active: false });
    await assert.rejects(refresh(client_id, second.refreshToken), { message: "Bad Request" });
    await assert.rejects(userinfo(second.accessToken), { message: "Unauthorized" });
});

test("a code is for the application that asked", async () => {
    const client_id = await registered();
    const guessed = await authorize(client_id);
    await assert.rejects(redeem(client_id, guessed, "g".repeat(43)), { message: "Bad Request" });
    const used = await authorize(client_id);
    const { accessToken } = await redeem(client_id, used);
    // Whoever comes second may be the thief, or the victim of one.
    await assert.rejects(redeem(client_id, used), { message: "Bad Request" });
    assert.deepEqual(await introspected(accessToken), { active: false });
});

test("an application hears why there is no code", async () => {
    const { error, response } = await authorize(await registered(), { extras: { prompt: "none" } });
    assert.equal(response, null);
    assert.equal(error.error, "login_required");
});
