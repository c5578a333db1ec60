// A browser as far as a flow needs one: it keeps the cookies of one host and goes where it is sent.

import assert from "node:assert/strict";

const MOST_REDIRECTS = 20;

export class Browser {
    #cookies = new Map();

    /** Follows redirects until one leads to `redirectUri`; that address. */
    async visit(address, redirectUri) {
        for (let count = 0; count < MOST_REDIRECTS; count++) {
            if (String(address).split("?")[0] === redirectUri) return new URL(address);
            const headers = { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
            const answer = await fetch(address, { redirect: "manual", headers });
            for (const line of answer.headers.getSetCookie()) this.#keep(line);
            const to = answer.headers.get("location");
            assert.ok(to, `${address} answered ${answer.status} without a redirect: ${await answer.text()}`);
            address = new URL(to, address);
        }
        return assert.fail(`more than ${MOST_REDIRECTS} redirects, the last to ${address}`);
    }

    #keep(line) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        if (/; *max-age=0/i.test(line)) this.#cookies.delete(name);
        else this.#cookies.set(name, value);
    }
}
