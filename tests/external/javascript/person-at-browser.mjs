#!/usr/bin/env node
// Stands in for a person's browser: `person-at-browser.mjs ADDRESS` opens the address, logs in and agrees, and goes to
// where the server sends it in the end.

import { Person } from "./person.mjs";

const [address] = process.argv.slice(2);
const ada = new Person();
const silent = new URL(address).searchParams.get("prompt") === "none";
const callback = await (silent ? ada.browser.follow(address) : ada.agree(address));
await fetch(callback);
