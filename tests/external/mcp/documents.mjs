// A host of client ID metadata documents: `/METHOD.json` describes a client of the application that authenticates with that
// method, whose redirect URIs are those of all programs here.

import { readFileSync } from "node:fs";
import { createServer } from "node:https";

/** Listens at an address, with the certificate of a folder that `../javascript/certificates` filled. */
export function open(address, folder) {
    const { port } = new URL(address);
    const tls = { cert: readFileSync(`${folder}/server.crt`), key: readFileSync(`${folder}/server.key`) };
    const host = createServer(tls, (request, response) => {
        const [, method] = /^\/(none)\.json$/.exec(request.url) ?? [];
        if (!method) return response.writeHead(404).end();
        const document = {
            client_id: address + request.url,
            client_name: "A client with a document",
            client_uri: address,
            redirect_uris: ["http://127.0.0.1/callback"],
            grant_types: ["authorization_code", "refresh_token"],
            response_types: ["code"],
            token_endpoint_auth_method: method,
        };
        const headers = { "content-type": "application/json", "cache-control": "max-age=300" };
        return response.writeHead(200, headers).end(JSON.stringify(document));
    });
    return new Promise(resolve => host.listen(Number(port), "127.0.0.1", () => resolve(host)));
}
