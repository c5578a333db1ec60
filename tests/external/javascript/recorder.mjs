// Knows every operation of Ory Hydra's API and notices which of them an SDK has called with success.

import { readFileSync } from "node:fs";

import axios from "axios";

export class Recorder {
    #operations;
    #succeeded = new Set();
    #unexpected = [];

    /** The HTTP client for the SDK: it tells the recorder what was answered. */
    http = axios.create();

    /** `list` is a file with name, method, path and statuses of success in each line. */
    constructor(list) {
        const lines = readFileSync(list, "utf8").split("\n");
        this.#operations = lines.filter(line => line && !line.startsWith("#")).map(parsed);
        const record = answer => this.#record(answer);
        this.http.interceptors.response.use(record, error => {
            if (error.response) record(error.response);
            throw error;
        });
    }

    #record(answer) {
        const { method, path } = answer.request;
        const [called] = path.split("?");
        const what = `${method} ${called}: ${answer.status}`;
        const operation = this.#operations.find(known => known.method === method && known.path.test(called));
        if (!operation) {
            this.#unexpected.push(`${what} is no operation of Hydra's`);
        } else if (operation.statuses.includes(answer.status)) {
            this.#succeeded.add(operation.name);
        } else if (answer.status < 400) {
            this.#unexpected.push(`${what}, not ${operation.statuses}`);
        }
        return answer;
    }

    /** What is wrong with all that was called; `elsewhere` are operations that the SDK does not have. */
    faults(elsewhere) {
        const faults = [...this.#unexpected];
        for (const { name } of this.#operations) {
            const exempt = elsewhere.includes(name);
            if (this.#succeeded.has(name) === exempt) {
                faults.push(exempt ? `${name} succeeded: it is no exception` : `${name} never succeeded`);
            }
        }
        return faults;
    }
}

function parsed(line) {
    const [name, method, path, statuses] = line.split(" ");
    const pattern = path.replaceAll(".", "\\.").replaceAll(/\{[a-z]+\}/g, "[^/]+");
    return { name, method, path: new RegExp(`^${pattern}$`), statuses: statuses.split(",").map(Number) };
}
