import { createMcpExpressApp, mcpAuthMetadataRouter, requireBearerAuth } from "@modelcontextprotocol/express";
import { toNodeHandler } from "@modelcontextprotocol/node";
import {
    createMcpHandler, getOAuthProtectedResourceMetadataUrl, McpServer, OAuthError, OAuthErrorCode, requireScopes,
} from "@modelcontextprotocol/server";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as z from "zod";

const { ISSUER = "https://login.example.com", RESOURCE = "https://notes.example.com/mcp", PORT = "3000" } = process.env;
const resource = new URL(RESOURCE);

// What the authorization server says of itself (RFC 8414). The path of an issuer comes after the well-known part.
const issuer = new URL(ISSUER);
const wellKnown = `/.well-known/oauth-authorization-server${issuer.pathname === "/" ? "" : issuer.pathname}`;
const oauthMetadata = await (await fetch(new URL(wellKnown, issuer))).json();
const keys = createRemoteJWKSet(new URL(oauthMetadata.jwks_uri));

// Signature, issuer, audience, type and times of an access token (RFC 9068 §4).
const verifier = {
    async verifyAccessToken(token) {
        const expected = { issuer: ISSUER, audience: RESOURCE, typ: "at+jwt", requiredClaims: ["exp", "client_id"] };
        const { payload } = await jwtVerify(token, keys, expected).catch(fault => {
            throw new OAuthError(OAuthErrorCode.InvalidToken, fault.message);
        });
        const scopes = String(payload.scope ?? "").split(" ");
        return { token, clientId: String(payload.client_id), scopes, expiresAt: payload.exp, resource };
    },
};

const notes = ["Water the plants"];

function notesServer() {
    const server = new McpServer({ name: "notes", version: "1.0.0" });
    server.registerTool("list_notes", { description: "All notes" }, async () => ({
        content: [{ type: "text", text: notes.join("\n") }],
    }));
    const writing = {
        description: "Writes a note down",
        inputSchema: z.object({ text: z.string() }),
        scopeChallenge: requireScopes("notes.read", "notes.write"),
    };
    server.registerTool("add_note", writing, async ({ text }) => {
        notes.push(text);
        return { content: [{ type: "text", text: `${notes.length} notes` }] };
    });
    return server;
}

const app = createMcpExpressApp({ host: "0.0.0.0", allowedHosts: [resource.hostname] });
app.use(mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: resource, scopesSupported: ["notes.read", "notes.write"] }));
const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resource);
const handler = toNodeHandler(createMcpHandler(notesServer));
app.all(resource.pathname, requireBearerAuth({ verifier, requiredScopes: ["notes.read"], resourceMetadataUrl }), (request, response) =>
    handler(request, response, request.body),
);
app.listen(Number(PORT));
