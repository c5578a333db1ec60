// An MCP client that a person uses: what an application keeps for the SDK, and how it gets to a connection.

import assert from "node:assert/strict";

import { Browser } from "./browser.mjs";

export const REDIRECT_URI = "http://127.0.0.1:33418/callback";

/** What the SDK asks an application for, kept in memory. */
export class Keeper {
    redirectUrl = REDIRECT_URI;
    registrations = 0;
    authorizations = [];

    constructor({ metadata = {}, client, clientMetadataUrl, state } = {}) {
        this.kept = { client };
        this.metadata = metadata;
        this.clientMetadataUrl = clientMetadataUrl;
        if (state) this.state = () => state;
    }

    get clientMetadata() {
        return {
            client_name: "A client of the SDK",
            redirect_uris: [REDIRECT_URI],
            grant_types: ["authorization_code", "refresh_token"],
            response_types: ["code"],
            ...this.metadata,
        };
    }

    clientInformation() {
        return this.kept.client;
    }

    saveClientInformation(client) {
        if (client.client_id !== this.kept.client?.client_id) this.registrations += 1;
        this.kept.client = client;
    }

    tokens() {
        return this.kept.tokens;
    }

    saveTokens(tokens) {
        this.kept.tokens = tokens;
    }

    saveCodeVerifier(verifier) {
        this.kept.verifier = verifier;
    }

    codeVerifier() {
        return this.kept.verifier;
    }

    saveDiscoveryState(state) {
        this.kept.discovery = state;
    }

    discoveryState() {
        return this.kept.discovery;
    }

    redirectToAuthorization(address) {
        this.authorizations.push(address);
    }

    invalidateCredentials(scope) {
        if (scope === "all") this.kept = {};
        else delete this.kept[scope];
    }
}

export class Application {
    browser = new Browser();

    constructor(sdk, server, keeper) {
        Object.assign(this, { sdk, server, keeper });
    }

    #open() {
        const client = new this.sdk.Client({ name: "test", version: "1.0.0" });
        const transport = new this.sdk.Transport(new URL(this.server), { authProvider: this.keeper });
        return { client, transport };
    }

    /** Does something with a connection; where the SDK asks for an authorization in between, the person goes there. */
    async do(work) {
        const before = this.keeper.authorizations.length;
        for (let attempt = 0; ; attempt++) {
            const { client, transport } = this.#open();
            try {
                await client.connect(transport);
                return await work(client);
            } catch (fault) {
                const asked = this.keeper.authorizations.length - before;
                if (!(fault instanceof this.sdk.UnauthorizedError) || asked <= attempt) throw fault;
                assert.ok(asked < 4, `the person was asked ${asked} times: ${this.keeper.authorizations.join("\n")}`);
                const callback = await this.browser.visit(this.keeper.authorizations.at(-1), REDIRECT_URI);
                assert.equal(callback.searchParams.get("error"), null, String(callback));
                await this.sdk.finish(transport, callback);
            } finally {
                await client.close();
            }
        }
    }

    /** The text that a tool answers. */
    call(name, parameters = {}) {
        return this.do(async client => {
            const { content, isError } = await client.callTool({ name, arguments: parameters });
            assert.ok(!isError, JSON.stringify(content));
            return content[0].text;
        });
    }

    /** The same for a tool that needs more than what was asked for at first. */
    async callWithMore(scope, name, parameters) {
        if (this.sdk.refreshesInsteadOfAsking) {
            await assert.rejects(this.call(name, parameters), { code: 403 });
            this.keeper.invalidateCredentials("tokens");
            const serverUrl = this.server;
            assert.equal(await this.sdk.auth(this.keeper, { serverUrl, scope }), "REDIRECT");
            const callback = await this.browser.visit(this.keeper.authorizations.at(-1), REDIRECT_URI);
            const authorizationCode = callback.searchParams.get("code");
            assert.equal(await this.sdk.auth(this.keeper, { serverUrl, authorizationCode }), "AUTHORIZED");
        }
        return this.call(name, parameters);
    }
}
