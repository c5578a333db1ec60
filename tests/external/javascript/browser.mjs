// A browser as far as a flow needs one: it keeps cookies and goes where it is sent, one step at a time.

import assert from "node:assert/strict";

export class Browser {
    #cookies = new Map();

    /** Opens an address that must answer with a redirect; where it leads. */
    async follow(address) {
        const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
        const answer = await fetch(address, { redirect: "manual", headers: { cookie } });
        for (const header of answer.headers.getSetCookie()) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(header);
            this.#cookies.set(name, value);
        }
        assert.ok([302, 303].includes(answer.status), `${address} answered ${answer.status}`);
        return new URL(answer.headers.get("location"));
    }
}
