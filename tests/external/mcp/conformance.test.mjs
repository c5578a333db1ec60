// The conformance tool of the MCP project, as it tests authorization servers: metadata, and the authorization code grant.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";

import { Browser } from "./browser.mjs";
import { register } from "./operator.mjs";

const { ISSUER, PATH_RESOURCE } = process.env;
const TOOL = "node_modules/@modelcontextprotocol/conformance/dist/index.js";
const PORT = 33421;
const CALLBACK = `http://127.0.0.1:${PORT}/callback`;

/** Runs all scenarios, with a person at a browser where the tool asks for one; what it has printed. */
async function run(client) {
    const options = ["--url", ISSUER, "--client-id", client.client_id, "--resource", PATH_RESOURCE, "--port", PORT];
    const tool = ["--import", "./missing-in-node-20.mjs", TOOL, "authorization", ...options.map(String)];
    const child = spawn(process.execPath, tool, { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    let asked;
    const read = async chunk => {
        printed += chunk;
        const address = /^http\S+[?&]code_challenge=\S+$/m.exec(printed);
        if (!address || asked) return;
        asked = (async () => fetch(await new Browser().visit(address[0], CALLBACK)))();
        asked.catch(() => child.kill());
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    const [code] = await once(child, "exit");
    await asked;
    return { code, printed };
}

describe("@modelcontextprotocol/conformance", () => {
    it("finds nothing to complain about", async () => {
        const { code, printed } = await run(await register({ redirect_uris: [CALLBACK], token_endpoint_auth_method: "none" }));
        assert.match(printed, /^Total: 3 passed, 0 failed$/m, printed);
        assert.equal(code, 0, printed);
    });
});
