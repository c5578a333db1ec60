// The official SDK for TypeScript in both of its lines, under the same names.

import * as second from "@modelcontextprotocol/client";
import * as firstAuth from "@modelcontextprotocol/sdk/client/auth.js";
import * as firstExtensions from "@modelcontextprotocol/sdk/client/auth-extensions.js";
import { Client as FirstClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as FirstTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

export const sdks = [
    {
        name: "@modelcontextprotocol/client",
        Client: second.Client,
        Transport: second.StreamableHTTPClientTransport,
        UnauthorizedError: second.UnauthorizedError,
        finish: (transport, callback) => transport.finishAuth(callback.searchParams),
        auth: second.auth,
        ClientCredentialsProvider: second.ClientCredentialsProvider,
        PrivateKeyJwtProvider: second.PrivateKeyJwtProvider,
    },
    {
        name: "@modelcontextprotocol/sdk",
        Client: FirstClient,
        Transport: FirstTransport,
        UnauthorizedError: firstAuth.UnauthorizedError,
        finish: (transport, callback) => transport.finishAuth(callback.searchParams.get("code")),
        auth: firstAuth.auth,
        ClientCredentialsProvider: firstExtensions.ClientCredentialsProvider,
        PrivateKeyJwtProvider: firstExtensions.PrivateKeyJwtProvider,
        // After a 403 it uses its refresh token, which gives it no more than it had, and gives up. An application has to
        // drop its tokens and to ask for the wider scope by itself.
        refreshesInsteadOfAsking: true,
    },
];
