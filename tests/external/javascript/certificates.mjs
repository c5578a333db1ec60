// Certificates that `certificates` made, and connections on which one is shown.

import assert from "node:assert/strict";
import { X509Certificate, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Agent, fetch } from "undici";

export const { MTLS } = process.env;
const folder = process.env.CERTIFICATES;
assert.ok(MTLS && folder, "MTLS and CERTIFICATES are not set: see tests/external/serve and ./run");
const read = name => readFileSync(join(folder, name));

export class Certificate {
    /** The one of that name. */
    static named(name) {
        return new Certificate(read(`${name}.crt`), read(`${name}.key`));
    }

    constructor(cert, key) {
        this.pair = { cert, key };
        this.x509 = new X509Certificate(cert);
    }

    /** How tokens name it (RFC 8705 §3.1). */
    get thumbprint() {
        return createHash("sha256").update(this.x509.raw).digest("base64url");
    }

    /** How a client registers it (RFC 8705 §2.2.2). */
    get jwk() {
        return { ...this.x509.publicKey.export({ format: "jwk" }), x5c: [this.x509.raw.toString("base64")] };
    }
}

/** `fetch` on connections on which this certificate is shown, or none. */
export function showing(certificate) {
    const dispatcher = new Agent({ connect: { ca: read("authority.crt"), ...certificate?.pair } });
    return (address, options) => fetch(address, { ...options, dispatcher });
}
