// Login and consent pages of a person who agrees to everything: whoever arrives is `ada`, and is sent back at once. So a
// client's browser has only to keep cookies and follow redirects.

import { createServer } from "node:http";

async function call(admin, method, kind, challenge, body) {
    const address = `${admin}/admin/oauth2/auth/requests/${kind}?${new URLSearchParams({ challenge })}`;
    const headers = { "content-type": "application/json" };
    const answer = await fetch(address, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${kind}: ${answer.status} ${await answer.text()}`);
    return answer.json();
}

async function logIn(admin, challenge) {
    const { redirect_to } = await call(admin, "PUT", "login/accept", challenge, { subject: "ada", remember: true, acr: "pwd" });
    return redirect_to;
}

async function agree(admin, challenge) {
    const asked = await call(admin, "GET", "consent", challenge);
    const { redirect_to } = await call(admin, "PUT", "consent/accept", challenge, {
        grant_scope: asked.requested_scope,
        grant_access_token_audience: asked.requested_access_token_audience,
    });
    return redirect_to;
}

/** Listens where the server with this admin port sends browsers; without an address at any port. */
export function open(admin, address = "http://127.0.0.1:0") {
    const pages = createServer(async (request, response) => {
        const { searchParams } = new URL(request.url, "http://pages");
        const login = searchParams.get("login_challenge");
        const consent = searchParams.get("consent_challenge");
        try {
            if (!login && !consent) throw new Error(`a page for errors: ${request.url}`);
            response.writeHead(303, { location: await (login ? logIn(admin, login) : agree(admin, consent)) }).end();
        } catch (fault) {
            response.writeHead(400, { "content-type": "text/plain" }).end(fault.message);
        }
    });
    const { hostname, port } = new URL(address);
    return new Promise(resolve => pages.listen(Number(port), hostname, () => resolve(pages)));
}
