#!/usr/bin/env node
// `beside.mjs COMMAND…`, started by `../serve`: runs a command beside all that an MCP client meets. These are the pages that
// agree to everything, the reverse proxy where the issuer has a path, and three protected MCP servers, of which the command
// learns through the environment:
//
//   ROOT_RESOURCE   an MCP server without a path
//   PATH_RESOURCE   one with a path
//   BRIEF_RESOURCE  one whose access tokens live for two seconds
//
// PROVIDER is the issuer of a second server, the identity provider of a company, and CHAT_SECRET the secret of the client that it
// vouches for (`provider.mjs`); CHAIN is the address below which there is room for two more MCP servers, `/desk` and `/archive`.
//
// DOCUMENT is the address of a client ID metadata document; CERTIFICATES the folder with the certificate of its host.
// NOTES_SERVER is the command that starts an MCP server; without it, it is the one written in JavaScript.

import { spawn } from "node:child_process";
import { once } from "node:events";

import { answers } from "./answers.mjs";
import * as documents from "./documents.mjs";
import * as pages from "./pages.mjs";
import * as provider from "./provider.mjs";
import * as proxy from "./proxy.mjs";

const { ADMIN, BESIDE, CERTIFICATES, ISSUER, MTLS, PAGES, PUBLIC } = process.env;
const port = Number(BESIDE);
const resources = {
    ROOT_RESOURCE: `http://127.0.0.1:${port + 1}`,
    PATH_RESOURCE: `http://127.0.0.1:${port + 2}/mcp`,
    BRIEF_RESOURCE: `http://127.0.0.1:${port + 3}/brief/mcp`,
};

await pages.open(ADMIN, PAGES);
// A host of documents has a name.
const host = MTLS.replace("127.0.0.1", "localhost");
await documents.open(host, CERTIFICATES);
if (ISSUER !== PUBLIC) await proxy.open(ISSUER, PUBLIC);
const company = { issuer: `http://127.0.0.1:${port + 4}`, admin: `http://127.0.0.1:${port + 5}` };
const identityProvider = await provider.start(company, ISSUER, [resources.ROOT_RESOURCE, resources.PATH_RESOURCE]);
const [program, ...options] = (process.env.NOTES_SERVER ?? "node notes.mjs").split(" ");
const servers = Object.values(resources).map(resource => {
    const env = { ...process.env, ISSUER, RESOURCE: resource, PORT: new URL(resource).port };
    return spawn(program, options, { env, stdio: ["ignore", "inherit", "inherit"] });
});
try {
    const started = [...Object.values(resources), `${company.issuer}/health/ready`, `${company.admin}/health/ready`];
    await Promise.all(started.map(answers));
    await provider.enrolClients(company);
    const [command, ...rest] = process.argv.slice(2);
    const env = {
        ...process.env,
        ...resources,
        DOCUMENT: `${host}/none.json`,
        PROVIDER: company.issuer,
        CHAT_SECRET: provider.SECRET,
        CHAIN: `http://127.0.0.1:${port + 6}`,
    };
    const child = spawn(command, rest, { env, stdio: "inherit" });
    const [code] = await once(child, "exit");
    process.exitCode = code ?? 1;
} finally {
    for (const server of [...servers, identityProvider]) server.kill();
}
process.exit();
