// A second server, which is the identity provider of a company: people log in there, and it says to the authorization server
// of the MCP servers for whom a client asks (ID-JAG). The client `chat` is `chat-at-notes` at the other one.

import { spawn } from "node:child_process";

import { enrol } from "./operator.mjs";
import * as pages from "./pages.mjs";

export const SECRET = "known-to-both-servers-and-the-client";

const { SYMBOLON_BINARY, PATH } = process.env;

/** Starts it; `audience` is the issuer of the other server. */
export async function start({ issuer, admin }, audience, resources) {
    const { port } = (await pages.open(admin)).address();
    const row = { client: "chat", audience, client_id: "chat-at-notes", resources, scopes: ["notes.read", "notes.write"] };
    const settings = {
        "serve.public.host": "127.0.0.1",
        "urls.self.issuer": issuer,
        "urls.login": `http://127.0.0.1:${port}/login`,
        "urls.consent": `http://127.0.0.1:${port}/consent`,
        "symbolon.token_exchange.assertions": JSON.stringify([row]),
    };
    const ports = ["--public-port", new URL(issuer).port, "--admin-port", new URL(admin).port];
    const set = Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
    const options = ["serve", "--dev", "--dsn", "memory", ...ports, ...set, "--set", "log.level=warn"];
    return spawn(SYMBOLON_BINARY, options, { env: { PATH, NO_PROXY: "*" }, stdio: ["ignore", "inherit", "inherit"] });
}

/** The client as both servers know it. */
export async function enrolClients({ admin }) {
    const common = { client_secret: SECRET, scope: "openid notes.read notes.write" };
    await enrol({
        ...common,
        client_id: "chat",
        redirect_uris: ["http://127.0.0.1/callback"],
        grant_types: ["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"],
        response_types: ["code"],
        // As the SDKs authenticate at the provider.
        token_endpoint_auth_method: "client_secret_post",
    }, admin);
    await enrol({
        ...common,
        client_id: "chat-at-notes",
        grant_types: ["urn:ietf:params:oauth:grant-type:jwt-bearer"],
        response_types: [],
        token_endpoint_auth_method: "client_secret_basic",
    });
}
