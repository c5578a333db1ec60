// Two MCP servers, of which the first one, `/desk`, calls the second one, `/archive`, for whoever called it: it exchanges the
// token that it got for one for the archive, which names the desk as the one who acts (RFC 8693).

import { once } from "node:events";

import { Client, ClientCredentialsProvider, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { createMcpExpressApp, mcpAuthMetadataRouter, requireBearerAuth } from "@modelcontextprotocol/express";
import { toNodeHandler } from "@modelcontextprotocol/node";
import {
    createMcpHandler, getOAuthProtectedResourceMetadataUrl, McpServer, OAuthError, OAuthErrorCode,
} from "@modelcontextprotocol/server";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { ISSUER } = process.env;
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

/** The grant that the SDK asks the archive's authorization server for, with the client's own credentials. */
class Exchange extends ClientCredentialsProvider {
    constructor({ client_id, client_secret }, subjectToken, actorToken) {
        super({ clientId: client_id, clientSecret: client_secret, expectedIssuer: ISSUER });
        Object.assign(this, { subjectToken, actorToken });
    }

    prepareTokenRequest() {
        return new URLSearchParams({
            grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
            subject_token: this.subjectToken,
            subject_token_type: ACCESS_TOKEN,
            actor_token: this.actorToken,
            actor_token_type: ACCESS_TOKEN,
            scope: "notes.read",
        });
    }
}

const text = content => ({ content: [{ type: "text", text: content }] });

/**
 * Starts both at an origin; `client` is what the desk is for the authorization server. Returned are what the desk does with a
 * token, and what ends both.
 */
export async function open(origin, client) {
    const { pathname } = new URL(ISSUER);
    const wellKnown = `/.well-known/oauth-authorization-server${pathname === "/" ? "" : pathname}`;
    const oauthMetadata = await (await fetch(new URL(wellKnown, ISSUER))).json();
    const keys = createRemoteJWKSet(new URL(oauthMetadata.jwks_uri));
    const archive = `${origin}/archive`;

    /** A token of the desk's own, which says who acts. */
    async function actor() {
        const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString("base64");
        const headers = { authorization: `Basic ${basic}` };
        const body = new URLSearchParams({ grant_type: "client_credentials" });
        const answer = await fetch(oauthMetadata.token_endpoint, { method: "POST", headers, body });
        const { access_token } = await answer.json();
        if (!access_token) throw new Error(`no token of its own: ${answer.status}`);
        return access_token;
    }

    async function askTheArchive(subjectToken) {
        const authProvider = new Exchange(client, subjectToken, await actor());
        const caller = new Client({ name: "desk", version: "1.0.0" });
        try {
            await caller.connect(new StreamableHTTPClientTransport(new URL(archive), { authProvider }));
            const { content } = await caller.callTool({ name: "who_asks", arguments: {} });
            return content[0].text;
        } finally {
            await caller.close();
        }
    }

    const tools = {
        desk: ["ask_the_archive", async ({ token }) => text(await askTheArchive(token))],
        archive: ["who_asks", ({ extra }) => text(JSON.stringify(extra))],
    };
    const app = createMcpExpressApp({ host: "127.0.0.1" });
    for (const [name, [tool, answer]] of Object.entries(tools)) {
        const resource = new URL(`${origin}/${name}`);
        const verifier = {
            async verifyAccessToken(token) {
                const expected = { issuer: ISSUER, audience: resource.href, typ: "at+jwt", requiredClaims: ["exp", "client_id"] };
                const { payload } = await jwtVerify(token, keys, expected).catch(fault => {
                    throw new OAuthError(OAuthErrorCode.InvalidToken, fault.message);
                });
                const { act, aud, client_id, exp, scope, sub } = payload;
                const extra = { sub, client_id, aud, scope, act };
                return { token, clientId: client_id, scopes: scope.split(" "), expiresAt: exp, resource, extra };
            },
        };
        const handler = toNodeHandler(createMcpHandler(() => {
            const server = new McpServer({ name, version: "1.0.0" });
            server.registerTool(tool, { description: tool }, async context => answer(context.http.authInfo));
            return server;
        }));
        app.use(mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: resource, scopesSupported: ["notes.read"] }));
        const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resource);
        const guard = requireBearerAuth({ verifier, requiredScopes: ["notes.read"], resourceMetadataUrl });
        app.all(resource.pathname, guard, (request, response) => handler(request, response, request.body));
    }
    const { hostname, port } = new URL(origin);
    const listener = app.listen(Number(port), hostname);
    await once(listener, "listening");
    const close = () => {
        listener.close();
        listener.closeAllConnections();
    };
    return { askTheArchive, close };
}
