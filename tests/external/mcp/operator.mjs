// What an operator does over the admin port.

import assert from "node:assert/strict";

import { REDIRECT_URI } from "./application.mjs";

const { ADMIN } = process.env;
assert.ok(ADMIN, "ADMIN is not set: see ../serve");

async function administer(method, path, status, body, admin = ADMIN) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${admin}/admin/${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.equal(answer.status, status, text);
    return text ? JSON.parse(text) : undefined;
}

/** Registers a client; what an application has to know of it. */
export async function register(metadata) {
    const created = await administer("POST", "clients", 201, {
        client_name: "Registered before",
        redirect_uris: [REDIRECT_URI],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        scope: "notes.read notes.write offline_access",
        // For clients that send no `state`.
        security_profile: "oauth21",
        ...metadata,
    });
    const { client_id, client_secret, token_endpoint_auth_method } = created;
    return { client_id, token_endpoint_auth_method, ...(client_secret && { client_secret }) };
}

/** Registers a client that exists from the beginning, at this server or at the one with this admin port. */
export const enrol = (client, admin) => administer("POST", "clients", 201, client, admin);

/** Deletes a client. */
export const remove = id => administer("DELETE", `clients/${id}`, 204);

/** Revokes what the person granted to a client. */
export function revoke(client) {
    const query = new URLSearchParams({ subject: "ada", client });
    return administer("DELETE", `oauth2/auth/sessions/consent?${query}`, 204);
}
