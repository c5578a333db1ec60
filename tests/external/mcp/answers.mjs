import { setTimeout as sleep } from "node:timers/promises";

/** Waits until somebody answers at an address, whatever it is. */
export async function answers(address) {
    for (let attempt = 0; attempt < 400; attempt++) {
        const status = await fetch(address).then(answer => answer.status, () => 0);
        if (status > 0) return;
        await sleep(50);
    }
    throw new Error(`nobody answers at ${address}`);
}
