// Both lines of the official SDK for TypeScript, from the first request without a token to a step-up, a refresh and a
// revocation.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { decodeJwt } from "jose";

import { Application, Keeper } from "./application.mjs";
import { register, remove, revoke } from "./operator.mjs";
import { sdks } from "./sdks.mjs";

const { ISSUER, BRIEF_RESOURCE, DOCUMENT, PATH_RESOURCE, ROOT_RESOURCE } = process.env;
assert.ok(PATH_RESOURCE, "PATH_RESOURCE is not set: see beside.mjs");

const registrations = {
    "registers without a method": async () => ({}),
    "registers as public": async () => ({ metadata: { token_endpoint_auth_method: "none" } }),
    "registers with client_secret_basic": async () => ({ metadata: { token_endpoint_auth_method: "client_secret_basic" } }),
    "registers with client_secret_post": async () => ({ metadata: { token_endpoint_auth_method: "client_secret_post" } }),
    "has a document": async () => ({ clientMetadataUrl: DOCUMENT }),
    "is registered before": async () => ({ client: await register({ token_endpoint_auth_method: "none" }) }),
    "is registered before, with a secret": async () => ({ client: await register({}) }),
};

const scopesOf = tokens => decodeJwt(tokens.access_token).scope.split(" ").sort();

for (const sdk of sdks) {
    describe(sdk.name, { concurrency: true }, () => {
        for (const [how, settings] of Object.entries(registrations)) {
            for (const [where, server] of Object.entries({ ROOT_RESOURCE, PATH_RESOURCE })) {
                it(`${how}, calls a tool and steps up at ${where}`, async () => {
                    const keeper = new Keeper(await settings());
                    const application = new Application(sdk, server, keeper);
                    assert.match(await application.call("list_notes"), /Water the plants/);
                    const { tokens } = keeper.kept;
                    const { aud, iss } = decodeJwt(tokens.access_token);
                    assert.deepEqual(aud, [server]);
                    assert.equal(iss, ISSUER);
                    assert.equal(keeper.authorizations.length, 1);
                    assert.equal(keeper.authorizations[0].searchParams.get("state"), null);
                    assert.ok(tokens.refresh_token, "a refresh token");

                    const scope = "notes.read notes.write";
                    assert.match(await application.callWithMore(scope, "add_note", { text: "Buy milk" }), /notes/);
                    assert.ok(scopesOf(keeper.kept.tokens).includes("notes.write"));
                    assert.ok(scopesOf(keeper.kept.tokens).includes("notes.read"), "the union of old and new");
                    assert.equal(keeper.authorizations.length, 2);
                    assert.ok(keeper.registrations <= 1);
                    if (keeper.clientMetadataUrl) assert.equal(keeper.kept.client.client_id, DOCUMENT);
                });
            }
        }

        it("refreshes an expired token without the person", async () => {
            const keeper = new Keeper({ metadata: { token_endpoint_auth_method: "none" }, });
            const application = new Application(sdk, BRIEF_RESOURCE, keeper);
            await application.call("list_notes");
            const { tokens: first } = keeper.kept;
            await sleep(2500);
            await application.call("list_notes");
            assert.notEqual(keeper.kept.tokens.access_token, first.access_token);
            assert.notEqual(keeper.kept.tokens.refresh_token, first.refresh_token);
            assert.equal(keeper.authorizations.length, 1);
        });

        it("refreshes in two windows at once, and both go on", async () => {
            const keeper = new Keeper({ metadata: { token_endpoint_auth_method: "none" } });
            await new Application(sdk, BRIEF_RESOURCE, keeper).call("list_notes");
            await sleep(2500);
            const windows = [1, 2].map(() => {
                const copy = new Keeper({ metadata: keeper.metadata });
                copy.kept = structuredClone(keeper.kept);
                return new Application(sdk, BRIEF_RESOURCE, copy);
            });
            await Promise.all(windows.map(window => window.call("list_notes")));
            await sleep(2500);
            await Promise.all(windows.map(window => window.call("list_notes")));
            for (const { keeper } of windows) assert.equal(keeper.authorizations.length, 0);
        });

        it("asks the person again after a revocation", async () => {
            const keeper = new Keeper();
            const application = new Application(sdk, BRIEF_RESOURCE, keeper);
            await application.call("list_notes");
            await revoke(keeper.kept.client.client_id);
            await sleep(2500);
            await application.call("list_notes");
            assert.equal(keeper.authorizations.length, 2);
            assert.equal(keeper.registrations, 1);
        });

        it("registers again when its client was deleted", async () => {
            const keeper = new Keeper();
            const application = new Application(sdk, BRIEF_RESOURCE, keeper);
            await application.call("list_notes");
            const { client_id } = keeper.kept.client;
            await remove(client_id);
            await sleep(2500);
            await application.call("list_notes");
            assert.notEqual(keeper.kept.client.client_id, client_id);
            assert.equal(keeper.registrations, 2);
        });
    });
}
