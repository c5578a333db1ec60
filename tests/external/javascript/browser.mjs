// A browser as far as a flow needs one: it keeps cookies of one host, goes where it is sent, and fills in forms.

import assert from "node:assert/strict";

const MOST_REDIRECTS = 20;

export class Browser {
    #cookies = new Map();

    /** What the browser sends as its `Cookie`. */
    get cookie() {
        return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    }

    /** Keeps the cookies of an answer, given as the lines of `Set-Cookie`. */
    keep(lines) {
        for (const line of lines) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
            if (/; *max-age=0/i.test(line)) this.#cookies.delete(name);
            else this.#cookies.set(name, value);
        }
    }

    /** Opens an address that must answer with a redirect; where it leads. */
    async follow(address) {
        const answer = await this.#send(address);
        assert.ok([302, 303].includes(answer.status), `${address} answered ${answer.status}`);
        return new URL(answer.headers.get("location"), address);
    }

    /** Opens an address and follows all redirects; the page at the end. */
    async visit(address) {
        return this.#arrive(await this.#send(address));
    }

    /** Sends the page's form: its hidden fields, and what the person filled in. */
    async submit(page, filled) {
        const action = /<form[^>]*\saction="([^"]*)"/.exec(page.body);
        assert.ok(action, `no form at ${page.address} (${page.status}): ${page.body}`);
        const hidden = [...page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
        const form = new URLSearchParams(hidden.map(([, name, value]) => [name, value]));
        for (const [name, value] of filled) form.append(name, value);
        return this.#arrive(await this.#send(new URL(action[1], page.address), form));
    }

    async #send(address, form) {
        const method = form ? "POST" : "GET";
        const answer = await fetch(address, { method, body: form, redirect: "manual", headers: { cookie: this.cookie } });
        this.keep(answer.headers.getSetCookie());
        return answer;
    }

    async #arrive(answer) {
        for (let count = 0; count < MOST_REDIRECTS; count++) {
            if (![302, 303].includes(answer.status)) {
                return { address: new URL(answer.url), status: answer.status, body: await answer.text() };
            }
            answer = await this.#send(new URL(answer.headers.get("location"), answer.url));
        }
        return assert.fail(`more than ${MOST_REDIRECTS} redirects, the last at ${answer.url}`);
    }
}
