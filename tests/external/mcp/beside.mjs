#!/usr/bin/env node
// `beside.mjs COMMAND…`, started by `../serve`: runs a command beside all that an MCP client meets. These are the pages that
// agree to everything, the reverse proxy where the issuer has a path, and three protected MCP servers, of which the command
// learns through the environment:
//
//   ROOT_RESOURCE   an MCP server without a path
//   PATH_RESOURCE   one with a path
//   BRIEF_RESOURCE  one whose access tokens live for two seconds
//
// DOCUMENT is the address of a client ID metadata document; CERTIFICATES the folder with the certificate of its host.
// NOTES_SERVER is the command that starts an MCP server; without it, it is the one written in JavaScript.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import * as documents from "./documents.mjs";
import * as pages from "./pages.mjs";
import * as proxy from "./proxy.mjs";

const { BESIDE, CERTIFICATES, ISSUER, MTLS, PAGES, PUBLIC } = process.env;
const port = Number(BESIDE);
const resources = {
    ROOT_RESOURCE: `http://127.0.0.1:${port + 1}`,
    PATH_RESOURCE: `http://127.0.0.1:${port + 2}/mcp`,
    BRIEF_RESOURCE: `http://127.0.0.1:${port + 3}/brief/mcp`,
};

async function answers(address) {
    for (let attempt = 0; attempt < 400; attempt++) {
        const status = await fetch(address).then(answer => answer.status, () => 0);
        if (status > 0) return;
        await sleep(50);
    }
    throw new Error(`nobody answers at ${address}`);
}

await pages.open(PAGES);
// A host of documents has a name.
const host = MTLS.replace("127.0.0.1", "localhost");
await documents.open(host, CERTIFICATES);
if (ISSUER !== PUBLIC) await proxy.open(ISSUER, PUBLIC);
const [program, ...options] = (process.env.NOTES_SERVER ?? "node notes.mjs").split(" ");
const servers = Object.values(resources).map(resource => {
    const env = { ...process.env, ISSUER, RESOURCE: resource, PORT: new URL(resource).port };
    return spawn(program, options, { env, stdio: ["ignore", "inherit", "inherit"] });
});
try {
    await Promise.all(Object.values(resources).map(answers));
    const [command, ...rest] = process.argv.slice(2);
    const child = spawn(command, rest, { env: { ...process.env, ...resources, DOCUMENT: `${host}/none.json` }, stdio: "inherit" });
    const [code] = await once(child, "exit");
    process.exitCode = code ?? 1;
} finally {
    for (const server of servers) server.kill();
}
process.exit();
