// The holder of a credential: a key pair, and the proof that it is theirs (OpenID Connect UserInfo Verifiable
// Credentials, draft 00).

import { generateKeyPairSync, sign } from "node:crypto";

export class Holder {
    #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });

    /** The public key. */
    get jwk() {
        return this.#keys.publicKey.export({ format: "jwk" });
    }

    /** A signed JWT over the nonce. */
    proof(nonce) {
        const header = { alg: "ES256", typ: "openid4vci-proof+jwt", jwk: this.jwk };
        const message = [header, { nonce }].map(part => encode(JSON.stringify(part))).join(".");
        const key = { key: this.#keys.privateKey, dsaEncoding: "ieee-p1363" };
        return `${message}.${encode(sign("sha256", Buffer.from(message), key))}`;
    }
}

const encode = content => Buffer.from(content).toString("base64url");

/** The claims of a JWT, unverified. */
export const claimsOf = token => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

/** The key in a `did:jwk`. */
export const keyOfDid = did => JSON.parse(Buffer.from(did.replace(/^did:jwk:/, ""), "base64url"));
