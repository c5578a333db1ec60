// The MCP servers of docs/mcp.md, whichever NOTES_SERVER starts: what they tell clients, and which tokens they take.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Application, Keeper } from "./application.mjs";
import { sdks } from "./sdks.mjs";

const { ISSUER, NOTES_SERVER, PATH_RESOURCE, ROOT_RESOURCE } = process.env;
assert.ok(PATH_RESOURCE, "PATH_RESOURCE is not set: see beside.mjs");

const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1.0.0" } };
const INITIALIZE = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });

/** A request with this token, or without one. */
function ask(resource, token) {
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    if (token) headers.authorization = `Bearer ${token}`;
    return fetch(resource, { method: "POST", headers, body: INITIALIZE });
}

async function tokenFor(resource) {
    const keeper = new Keeper();
    await new Application(sdks[0], resource, keeper).call("list_notes");
    return keeper.kept.tokens.access_token;
}

describe(NOTES_SERVER ?? "the server in JavaScript", () => {
    for (const [where, resource] of Object.entries({ ROOT_RESOURCE, PATH_RESOURCE })) {
        it(`sends clients to its authorization server from ${where}`, async () => {
            const answer = await ask(resource);
            assert.equal(answer.status, 401);
            const [, address] = /resource_metadata="([^"]+)"/.exec(answer.headers.get("www-authenticate"));
            const document = await (await fetch(address)).json();
            assert.equal(document.resource.replace(/\/$/, ""), resource);
            assert.deepEqual(document.authorization_servers, [ISSUER]);
        });

        it(`takes tokens for ${where} and no others`, async () => {
            const token = await tokenFor(resource);
            assert.equal((await ask(resource, token)).status, 200);
            const other = await tokenFor(resource === ROOT_RESOURCE ? PATH_RESOURCE : ROOT_RESOURCE);
            assert.equal((await ask(resource, other)).status, 401, "a token for another resource");
            const [header, claims, signature] = token.split(".");
            const middle = signature.length >> 1;
            const changed = signature[middle] === "A" ? "B" : "A";
            const forged = signature.slice(0, middle) + changed + signature.slice(middle + 1);
            assert.equal((await ask(resource, `${header}.${claims}.${forged}`)).status, 401, "a changed signature");
            assert.equal((await ask(resource, "made-up")).status, 401, "no JWT");
        });
    }
});
