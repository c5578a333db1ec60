// The login pages of docs/own-login-page.md, each started as the page says, and a person with a browser before them.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

const { ADMIN, PUBLIC, PAGES, PROGRAMS } = process.env;
assert.ok(ADMIN && PUBLIC && PAGES && PROGRAMS, "see run in this folder");

const CALLBACK = "http://127.0.0.1:5555/callback";
const NAME = `Shop <"&'>`;
const PATIENCE_MS = 60_000;

/** Keeps cookies by host and port, follows redirects until a page or the client's callback, and submits forms. */
class Browser {
    #cookies = new Map();

    async open(address, options = {}) {
        const url = new URL(address);
        if (url.href.startsWith(CALLBACK)) return { url };
        const jar = this.#cookies.get(url.host) ?? new Map();
        this.#cookies.set(url.host, jar);
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
        const answer = await fetch(url, { ...options, redirect: "manual", headers: { cookie } });
        for (const line of answer.headers.getSetCookie()) {
            const [name, value] = line.split(";")[0].split(/=(.*)/s);
            jar.set(name, value);
        }
        const location = answer.headers.get("location");
        return location ? this.open(new URL(location, url)) : { url, answer, text: await answer.text() };
    }

    submit(page, fields) {
        const action = page.text.match(/<form method="post" action="([^"]*)"/)[1];
        const challenge = page.text.match(/name="challenge" value="([^"]*)"/)[1];
        const body = new URLSearchParams({ challenge, ...fields });
        return this.open(new URL(action, page.url), { method: "POST", body });
    }
}

async function call(address, options) {
    const answer = await fetch(address, options);
    assert.ok(answer.ok, `${address}: ${answer.status}`);
    return answer.json();
}

async function register() {
    const client = {
        client_name: NAME, redirect_uris: [CALLBACK], post_logout_redirect_uris: [CALLBACK],
        grant_types: ["authorization_code"], scope: "openid profile photos",
    };
    const headers = { "content-type": "application/json" };
    return call(`${ADMIN}/admin/clients`, { method: "POST", headers, body: JSON.stringify(client) });
}

function authorization({ client_id }) {
    const parameters = { client_id, response_type: "code", redirect_uri: CALLBACK, scope: "openid profile photos", state: "state-of-the-client" };
    return `${PUBLIC}/oauth2/auth?${new URLSearchParams(parameters)}`;
}

async function redeem({ client_id, client_secret }, { url }) {
    assert.equal(url.searchParams.get("error"), null, url.href);
    const body = new URLSearchParams({ grant_type: "authorization_code", code: url.searchParams.get("code"), redirect_uri: CALLBACK });
    const headers = { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` };
    const { id_token, access_token } = await call(`${PUBLIC}/oauth2/token`, { method: "POST", headers, body });
    return { id_token, claims: await call(`${PUBLIC}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } }) };
}

async function started(command) {
    const program = spawn("sh", ["-c", `exec ${command}`], { env: { ...process.env, PORT: new URL(PAGES).port }, stdio: "inherit" });
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await fetch(`${PAGES}/logout?logout_challenge=x`).catch(() => undefined))) {
        assert.equal(program.exitCode, null, "the program ended");
        assert.ok(Date.now() < deadline, "the program does not answer");
        await new Promise(resolve => setTimeout(resolve, 50));
    }
    return program;
}

async function walk() {
    const client = await register();
    const browser = new Browser();
    const login = await browser.open(authorization(client));
    assert.equal(login.url.pathname, "/login");
    assert.match(login.answer.headers.get("content-security-policy"), /frame-ancestors 'none'/);
    assert.equal(login.answer.headers.get("cache-control"), "no-store");

    for (const fields of [{ username: "alice", password: "wrong" }, { username: "bob", password: "" }, {}]) {
        const again = await browser.submit(login, fields);
        assert.match(again.text, /That is not right\./);
    }
    const consent = await browser.submit(login, { username: "alice", password: "wonderland" });
    assert.equal(consent.url.pathname, "/consent");
    assert.match(consent.text, /photos/);
    assert.match(consent.text, /Shop &lt;(&quot;|&#34;)&amp;/, "the client's name is escaped");

    const refused = await browser.submit(consent, { answer: "refuse" });
    assert.equal(refused.url.searchParams.get("error"), "access_denied");

    const asked = await browser.open(authorization(client));
    assert.equal(asked.url.pathname, "/consent", "the login is remembered");
    const { claims, id_token } = await redeem(client, await browser.submit(asked, { answer: "allow" }));
    assert.deepEqual([claims.sub, claims.name], ["alice", "Alice Liddell"]);

    const { claims: later } = await redeem(client, await browser.open(authorization(client)));
    assert.equal(later.sub, "alice", "nothing is asked again");

    const parameters = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: CALLBACK });
    const logout = await browser.open(`${PUBLIC}/oauth2/sessions/logout?${parameters}`);
    assert.equal(logout.url.pathname, "/logout");
    const left = await browser.submit(logout, {});
    assert.ok(left.url.href.startsWith(CALLBACK), left.url.href);
    assert.equal((await browser.open(authorization(client))).url.pathname, "/login", "nobody is logged in");

    const unknown = await browser.open(`${PAGES}/login?login_challenge=made-up`);
    assert.equal(unknown.answer.status, 400);
}

for (const line of PROGRAMS.split("\n")) {
    const [name, command] = line.split(/=(.*)/s);
    test(`a person logs in at the page in ${name}`, async () => {
        const program = await started(command);
        try {
            await walk();
        } finally {
            program.kill();
            await once(program, "exit");
        }
    });
}
