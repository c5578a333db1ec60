#!/usr/bin/env node
// `beside.mjs COMMAND…`, started by `../serve`: runs a command beside three providers that are not ours, of which it learns
// through the environment:
//
//   OIDC_PROVIDER       the issuer of npm `oidc-provider`; its endpoints for certificates are in its metadata
//   OAUTH2_MOCK_SERVER  the issuer of npm `oauth2-mock-server`
//   OIDC_PROVIDER_MOCK  the issuer of PyPI `oidc-provider-mock`; not there without Python
//
// CERTIFICATES is the folder of `../javascript/certificates`, PYTHON the interpreter that has the package.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

import { OAuth2Server } from "oauth2-mock-server";

const { BESIDE, CERTIFICATES, PYTHON } = process.env;
// What the defaults of `oidc-provider` are not good for is not news here.
console.info = console.warn = () => {};
const oidcProvider = await import("./oidc-provider.mjs");
const port = Number(BESIDE);

async function startMockServer(port) {
    const server = new OAuth2Server();
    await server.issuer.keys.generate("RS256");
    server.issuer.url = `http://127.0.0.1:${port}`;
    await server.start(port, "127.0.0.1");
    return server.issuer.url;
}

function startPythonMock(port) {
    const options = ["-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", String(port)];
    return spawn(PYTHON, options, { stdio: ["ignore", "ignore", "ignore"] });
}

async function answers(issuer) {
    for (let attempt = 0; attempt < 600; attempt++) {
        const answer = await fetch(`${issuer}/.well-known/openid-configuration`).catch(() => undefined);
        if (answer?.ok) return;
        await wait(50);
    }
    throw new Error(`${issuer} does not answer`);
}

const python = PYTHON ? startPythonMock(port + 3) : undefined;
try {
    const issuers = {
        OIDC_PROVIDER: await oidcProvider.start(port, port + 1, CERTIFICATES),
        OAUTH2_MOCK_SERVER: await startMockServer(port + 2),
        ...(python && { OIDC_PROVIDER_MOCK: `http://127.0.0.1:${port + 3}` }),
    };
    await Promise.all(Object.values(issuers).map(answers));
    const [command, ...rest] = process.argv.slice(2);
    const child = spawn(command, rest, { env: { ...process.env, ...issuers }, stdio: "inherit" });
    const [code] = await once(child, "exit");
    process.exitCode = code ?? 1;
} finally {
    python?.kill();
}
process.exit();
