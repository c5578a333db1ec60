// People log in to an application written with `openid-client` through a login and consent application written with
// `@ory/hydra-client`; a Symbolon server stands between the two. The login application is not changed for it.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { Browser } from "./browser.mjs";
import { ACCOUNT, application } from "./login-consent-application.mjs";
import { RelyingParty, SCOPE } from "./relying-party.mjs";

const { PUBLIC, ADMIN, PAGES } = process.env;
assert.ok(PUBLIC && ADMIN && PAGES, "not set: see tests/external/serve");

const servers = [];
const place = { issuer: PUBLIC, admin: ADMIN };

before(async () => {
    const pages = application(ADMIN).listen(new URL(PAGES).port, "127.0.0.1");
    const callback = createServer((_, answer) => answer.end("back")).listen(0, "127.0.0.1");
    servers.push(pages, callback);
    await Promise.all(servers.map(server => server.listening || once(server, "listening")));
    place.callback = `http://127.0.0.1:${callback.address().port}/callback`;
});

after(() => {
    for (const server of servers) server.close().closeAllConnections();
});

const LOG_IN = [...Object.entries(ACCOUNT), ["submit", "Log in"]];
const ALLOW = [...SCOPE.split(" ").map(scope => ["grant_scope", scope]), ["submit", "Allow access"]];
const DENY = [["submit", "Deny access"]];
const REMEMBER = ["remember", "1"];

const heading = page => /<h1>(.*)<\/h1>/.exec(page.body)?.[1];
const party = (name, metadata) => RelyingParty.register(place, name, metadata);

/** A person who has logged in and agreed, and is remembered. */
async function loggedIn(relyingParty) {
    const browser = new Browser();
    const login = await relyingParty.begin(browser);
    const consent = await browser.submit(login, [...LOG_IN, REMEMBER]);
    const tokens = await relyingParty.end(await browser.submit(consent, [...ALLOW, REMEMBER]));
    return { browser, tokens };
}

test("a person logs in, agrees, and is known to the application", async () => {
    const [browser, weather] = [new Browser(), await party("Weather")];
    const login = await weather.begin(browser);
    assert.equal(heading(login), "Log in");
    const again = await browser.submit(login, [["email", ACCOUNT.email], ["password", "wrong"]]);
    assert.match(again.body, /password is wrong/);
    const consent = await browser.submit(again, LOG_IN);
    assert.equal(heading(consent), "Consent for Weather");
    const tokens = await weather.end(await browser.submit(consent, ALLOW));
    const { sub, acr, team, email } = tokens.claims();
    // Where the login application does not tell the two apart, standard claims are at userinfo only.
    assert.deepEqual([sub, acr, team, email], [ACCOUNT.email, "0", "north", undefined]);
    assert.equal(tokens.scope, SCOPE);
    const user = await weather.user(tokens);
    assert.deepEqual([user.email, user.email_verified, user.team], [ACCOUNT.email, true, "north"]);
    const refreshed = await weather.refresh(tokens);
    assert.notEqual(refreshed.access_token, tokens.access_token);
    assert.equal(refreshed.claims().sub, sub);
});

test("a person agrees to a part only", async () => {
    const [browser, weather] = [new Browser(), await party("Part")];
    const consent = await browser.submit(await weather.begin(browser), LOG_IN);
    const tokens = await weather.end(await browser.submit(consent, [["grant_scope", "openid"], ["submit", "Allow access"]]));
    assert.deepEqual([tokens.scope, tokens.refresh_token, tokens.claims().email], ["openid", undefined, undefined]);
});

test("a person refuses to log in, or to agree", async () => {
    const [browser, weather] = [new Browser(), await party("Refused")];
    const atLogin = await browser.submit(await weather.begin(browser), DENY);
    const refusal = { error: "access_denied", error_description: /The resource owner denied the request/ };
    await assert.rejects(weather.end(atLogin), refusal);
    const consent = await browser.submit(await weather.begin(browser), LOG_IN);
    await assert.rejects(weather.end(await browser.submit(consent, DENY)), refusal);
});

test("a person who is remembered sees no page", async () => {
    const weather = await party("Remembered");
    const { browser, tokens } = await loggedIn(weather);
    for (const parameters of [{}, { prompt: "none" }]) {
        const again = await weather.end(await weather.begin(browser, parameters));
        assert.equal(again.claims().sub, tokens.claims().sub);
        assert.equal(again.claims().sid, tokens.claims().sid);
        assert.equal(again.scope, SCOPE);
    }
    assert.equal(heading(await weather.begin(browser, { prompt: "login" })), "Log in");
    // Another application of the same person: no login, but a consent.
    const second = await party("Second");
    assert.equal(heading(await second.begin(browser)), "Consent for Second");
    // One of the operator's own: neither.
    const own = await party("Own", { skip_consent: true });
    assert.equal((await own.end(await own.begin(browser))).scope, SCOPE);
});

test("whoever is not logged in is told so without a page", async () => {
    const weather = await party("Nobody");
    await assert.rejects(weather.end(await weather.begin(new Browser(), { prompt: "none" })), { error: "login_required" });
});

test("a person logs out, or decides not to", async () => {
    const weather = await party("Logout");
    const { browser, tokens } = await loggedIn(weather);
    const page = await browser.visit(weather.logoutAddress(tokens));
    assert.equal(heading(page), "Log out");
    assert.equal(heading(await browser.submit(page, [["submit", "No"]])), "Still logged in");
    await weather.end(await weather.begin(browser, { prompt: "none" }));

    const done = await browser.submit(await browser.visit(weather.logoutAddress(tokens)), [["submit", "Yes"]]);
    assert.equal(done.address.href, `${place.callback}/logged-out?state=after-logout`);
    assert.equal(heading(await weather.begin(browser)), "Log in");
});

test("a person connects a device", async () => {
    const [browser, television] = [new Browser(), await party("Television")];
    const device = await television.connectDevice();
    const asked = await browser.visit(device.verification_uri);
    assert.equal(heading(asked), "Connect a device");
    const wrong = await browser.submit(asked, [["code", "AAAAAAAA"]]);
    assert.match(wrong.body, /The code is wrong/);
    const login = await browser.submit(wrong, [["code", device.user_code]]);
    assert.equal(heading(login), "Log in");
    const consent = await browser.submit(login, LOG_IN);
    assert.equal(heading(consent), "Consent for Television");
    assert.equal(heading(await browser.submit(consent, ALLOW)), "The device is connected");
    const tokens = await television.deviceTokens(device);
    assert.deepEqual([tokens.claims().sub, tokens.scope], [ACCOUNT.email, SCOPE]);
});

test("the address with the code in it fills in the code", async () => {
    const [browser, television] = [new Browser(), await party("Television 2")];
    const device = await television.connectDevice();
    const asked = await browser.visit(device.verification_uri_complete);
    assert.ok(asked.body.includes(`value="${device.user_code}"`), asked.body);
    const login = await browser.submit(asked, [["code", device.user_code]]);
    const refused = await browser.submit(login, DENY);
    assert.ok(refused.status < 500, refused.body);
    await assert.rejects(television.deviceTokens(device), { error: "access_denied" });
});
