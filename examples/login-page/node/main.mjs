// A login, consent and logout page in Node.js, without libraries. ADMIN is Symbolon's admin port, PORT is ours.
import { createServer } from "node:http";

const { ADMIN = "http://127.0.0.1:4445", PORT = "3000" } = process.env;

// Your own accounts come here. Passwords belong hashed into a database.
const people = new Map([["alice", { password: "wonderland", name: "Alice Liddell" }]]);

// Asks the admin port about a challenge of this kind, or answers it with `accept` or `reject`.
async function ask(kind, challenge, answer = "", body = undefined) {
    const path = answer && `/${answer}`;
    const url = `${ADMIN}/admin/oauth2/auth/requests/${kind}${path}?${new URLSearchParams({ [`${kind}_challenge`]: challenge })}`;
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, answer ? { method: "PUT", headers, body: JSON.stringify(body) } : {});
    const result = await response.json();
    // 410: it was answered before, and says where to go on.
    if (!response.ok && response.status !== 410) throw new Error(result.error_description ?? result.error);
    return result;
}

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = text => String(text).replace(/[&<>"]/g, character => escapes[character]);

const form = (kind, challenge, content) => `<!doctype html><meta charset="utf-8"><title>${kind}</title>
<form method="post" action="/${kind}"><input type="hidden" name="challenge" value="${escape(challenge)}">${content}</form>`;

const loginForm = (challenge, fault = "") => form("login", challenge, `<p role="alert">${fault}</p>
<label>Name <input name="username" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>`);

const granted = request => ({
    grant_scope: request.requested_scope,
    grant_access_token_audience: request.requested_access_token_audience,
    remember: true,
    session: { id_token: { name: people.get(request.subject)?.name } },
});

// What each page shows; a result with `redirect_to` sends the browser on.
const show = {
    async login(challenge) {
        const request = await ask("login", challenge);
        if (request.redirect_to) return request;
        // Somebody who is known from an earlier login must be accepted as that person.
        if (request.skip) return ask("login", challenge, "accept", { subject: request.subject });
        return loginForm(challenge);
    },
    async consent(challenge) {
        const request = await ask("consent", challenge);
        if (request.redirect_to) return request;
        if (request.skip || request.client.skip_consent) return ask("consent", challenge, "accept", granted(request));
        const scopes = request.requested_scope.map(scope => `<li>${escape(scope)}`).join("");
        return form("consent", challenge, `<p>${escape(request.client.client_name || request.client.client_id)} asks for</p>
<ul>${scopes}</ul><button name="answer" value="allow">Allow</button> <button name="answer" value="refuse">Refuse</button>`);
    },
    logout: async challenge => form("logout", challenge, "<button>Sign out</button>"),
};

// What happens when the form of a page comes back.
const receive = {
    async login(challenge, fields) {
        const person = people.get(fields.get("username"));
        if (person?.password !== fields.get("password")) return loginForm(challenge, "That is not right.");
        return ask("login", challenge, "accept", { subject: fields.get("username"), remember: true, remember_for: 3600 });
    },
    async consent(challenge, fields) {
        if (fields.get("answer") !== "allow") return ask("consent", challenge, "reject", { error: "access_denied" });
        const request = await ask("consent", challenge);
        return request.redirect_to ? request : ask("consent", challenge, "accept", granted(request));
    },
    logout: challenge => ask("logout", challenge, "accept"),
};

async function answer(request) {
    const url = new URL(request.url, "http://localhost");
    const kind = url.pathname.slice(1);
    if (!Object.hasOwn(show, kind)) return "<!doctype html><title>Nothing is here</title>";
    if (request.method !== "POST") return show[kind](url.searchParams.get(`${kind}_challenge`) ?? "");
    let body = "";
    for await (const chunk of request) body += chunk;
    const fields = new URLSearchParams(body);
    return receive[kind](fields.get("challenge") ?? "", fields);
}

createServer(async (request, response) => {
    const headers = { "cache-control": "no-store", "content-security-policy": "default-src 'none'; frame-ancestors 'none'" };
    try {
        const result = await answer(request);
        if (result.redirect_to) return response.writeHead(303, { ...headers, location: result.redirect_to }).end();
        response.writeHead(200, { ...headers, "content-type": "text/html; charset=utf-8" }).end(result);
    } catch (fault) {
        response.writeHead(400, { ...headers, "content-type": "text/plain; charset=utf-8" }).end(fault.message);
    }
}).listen(Number(PORT), "127.0.0.1");
