// What MCP has beyond a person in a browser, with the official SDK for TypeScript: clients for themselves, clients that a
// company's identity provider vouches for, and an MCP server that calls the next one for the person who called it.

import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";

import * as second from "@modelcontextprotocol/client";
import { decodeJwt } from "jose";

import { Application, Keeper, REDIRECT_URI } from "./application.mjs";
import { Browser } from "./browser.mjs";
import * as chain from "./chain.mjs";
import { register } from "./operator.mjs";
import { sdks } from "./sdks.mjs";

const { CHAIN, CHAT_SECRET, ISSUER, PATH_RESOURCE, PROVIDER, ROOT_RESOURCE } = process.env;
assert.ok(PROVIDER, "PROVIDER is not set: see beside.mjs");

const RESOURCES = Object.entries({ ROOT_RESOURCE, PATH_RESOURCE });

/** The text that a tool answers to a client that no person has to help. */
async function call(sdk, resource, authProvider, name, parameters = {}) {
    const client = new sdk.Client({ name: "test", version: "1.0.0" });
    try {
        await client.connect(new sdk.Transport(new URL(resource), { authProvider }));
        const { content, isError } = await client.callTool({ name, arguments: parameters });
        assert.ok(!isError, JSON.stringify(content));
        return content[0].text;
    } finally {
        await client.close();
    }
}

/** Keys for `private_key_jwt`, by algorithm. */
const kinds = { RS256: ["rsa", { modulusLength: 2048 }], ES256: ["ec", { namedCurve: "P-256" }] };

/** A client for itself. */
const program = metadata => ({
    redirect_uris: [],
    grant_types: ["client_credentials"],
    response_types: [],
    scope: "notes.read",
    ...metadata,
});

for (const sdk of sdks) {
    const { ClientCredentialsProvider, PrivateKeyJwtProvider } = sdk;

    describe(`${sdk.name}: clients for themselves`, { concurrency: true }, () => {
        for (const [where, resource] of RESOURCES) {
            async function check(clientId, provider) {
                assert.match(await call(sdk, resource, provider, "list_notes"), /Water the plants/);
                const { access_token, refresh_token } = provider.tokens();
                const { aud, client_id, iss, scope, sub } = decodeJwt(access_token);
                assert.deepEqual({ aud, client_id, iss, scope, sub }, {
                    aud: [resource], client_id: clientId, iss: ISSUER, scope: "notes.read", sub: clientId,
                });
                assert.equal(refresh_token, undefined);
                // Nobody can be asked for more.
                await assert.rejects(call(sdk, resource, provider, "add_note", { text: "Buy milk" }), /\b403\b/);
            }

            it(`ClientCredentialsProvider calls a tool at ${where}`, async () => {
                const client = await register(program({ token_endpoint_auth_method: "client_secret_basic" }));
                const { client_id: clientId, client_secret: clientSecret } = client;
                const own = { clientId, clientSecret, scope: "notes.read", expectedIssuer: ISSUER };
                await check(clientId, new ClientCredentialsProvider(own));
            });

            for (const [algorithm, kind] of Object.entries(kinds)) {
                it(`PrivateKeyJwtProvider calls a tool at ${where} with ${algorithm}`, async () => {
                    const { publicKey, privateKey } = generateKeyPairSync(...kind);
                    const jwk = { ...publicKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: algorithm };
                    const { client_id } = await register(program({
                        token_endpoint_auth_method: "private_key_jwt",
                        token_endpoint_auth_signing_alg: algorithm,
                        jwks: { keys: [jwk] },
                    }));
                    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
                    const own = { clientId: client_id, privateKey: pem, algorithm, scope: "notes.read", expectedIssuer: ISSUER };
                    await check(client_id, new PrivateKeyJwtProvider(own));
                });
            }
        }
    });
}

/** An ID token of the company's identity provider: what `chat` has after the person logged in there. */
async function logIn() {
    const { authorization_endpoint, token_endpoint } = await second.discoverAuthorizationServerMetadata(PROVIDER);
    const asked = { client_id: "chat", response_type: "code", scope: "openid", redirect_uri: REDIRECT_URI, state: randomUUID() };
    const callback = await new Browser().visit(`${authorization_endpoint}?${new URLSearchParams(asked)}`, REDIRECT_URI);
    const code = callback.searchParams.get("code");
    assert.ok(code, String(callback));
    const given = { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI };
    const body = new URLSearchParams({ ...given, client_id: "chat", client_secret: CHAT_SECRET });
    const answer = await fetch(token_endpoint, { method: "POST", body });
    const { id_token } = await answer.json();
    assert.ok(id_token, "an ID token");
    return id_token;
}

describe("@modelcontextprotocol/client: a company's identity provider vouches", { concurrency: true }, () => {
    const [sdk] = sdks;
    const own = { clientId: "chat-at-notes", clientSecret: CHAT_SECRET, expectedIssuer: ISSUER };
    const chat = assertion => new second.CrossAppAccessProvider({ ...own, assertion });
    const atProvider = { idpUrl: PROVIDER, clientId: "chat", clientSecret: CHAT_SECRET };

    for (const [where, resource] of RESOURCES) {
        it(`CrossAppAccessProvider calls a tool at ${where}`, async () => {
            const idToken = await logIn();
            const assertions = [];
            const provider = chat(async ({ authorizationServerUrl, resourceUrl, scope, fetchFn }) => {
                const { jwtAuthGrant } = await second.discoverAndRequestJwtAuthGrant({
                    ...atProvider, audience: authorizationServerUrl, resource: resourceUrl, idToken, scope, fetchFn,
                });
                assertions.push(jwtAuthGrant);
                return jwtAuthGrant;
            });
            assert.match(await call(sdk, resource, provider, "list_notes"), /Water the plants/);
            const { access_token, refresh_token } = provider.tokens();
            const { aud, client_id, iss, sub } = decodeJwt(access_token);
            assert.deepEqual([aud, client_id, iss, sub], [[resource], "chat-at-notes", ISSUER, "ada"]);
            assert.equal(refresh_token, undefined);
            assert.equal(assertions.length, 1);
            const said = decodeJwt(assertions[0]);
            assert.deepEqual([said.iss, said.aud, said.client_id], [PROVIDER, ISSUER, "chat-at-notes"]);

            // It counts once.
            await assert.rejects(call(sdk, resource, chat(async () => assertions[0]), "list_notes"), { code: "invalid_grant" });
        });
    }

    it("gets nothing for an MCP server that the provider does not vouch for", async () => {
        const idToken = await logIn();
        const resource = `${CHAIN}/archive`;
        const asked = second.discoverAndRequestJwtAuthGrant({ ...atProvider, audience: ISSUER, resource, idToken });
        await assert.rejects(asked, /invalid_target/);
    });
});

describe("an MCP server that calls the next one", () => {
    let servers;
    before(async () => {
        const grants = ["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"];
        const desk = program({ client_id: "desk", token_endpoint_auth_method: "client_secret_basic", grant_types: grants });
        servers = await chain.open(CHAIN, await register(desk));
    });
    after(() => servers?.close());

    for (const sdk of sdks) {
        it(`exchanges the token that it got from a client of ${sdk.name}, and the next one sees for whom it acts`, async () => {
            const keeper = new Keeper();
            const application = new Application(sdk, `${CHAIN}/desk`, keeper);
            const seen = JSON.parse(await application.call("ask_the_archive"));
            const acts = { sub: "desk", client_id: "desk" };
            assert.deepEqual(seen, { sub: "ada", client_id: "desk", aud: [`${CHAIN}/archive`], scope: "notes.read", act: acts });
            // Their own token does not count there.
            const own = { token: async () => keeper.kept.tokens.access_token };
            await assert.rejects(call(sdks[0], `${CHAIN}/archive`, own, "who_asks"), second.UnauthorizedError);
        });
    }

    it("exchanges no token that was meant for somebody else", async () => {
        const keeper = new Keeper();
        await new Application(sdks[0], ROOT_RESOURCE, keeper).call("list_notes");
        await assert.rejects(servers.askTheArchive(keeper.kept.tokens.access_token), { code: "invalid_request" });
    });
});
