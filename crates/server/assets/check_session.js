// The frame of OpenID Connect Session Management §3.2: an application posts its client ID and the session_state that it
// was given, and is told whether the state of this browser has changed since. Who asks is who the browser says, never
// what the message says.
"use strict";
(() => {
  const { cookie: cookieName, everywhere } = document.currentScript.dataset;
  const longest = 2048;
  const question = /^([\x20-\x7e]+) ([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22})$/;
  const form = /^[A-Za-z0-9_-]{43}$/;

  // The state, or undefined where there is none or the browser keeps it from us.
  const browserState = () =>
    document.cookie
      .split("; ")
      .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])
      .filter(([name, value]) => name === cookieName && form.test(value))
      .map(([, value]) => value)[0];

  // Whether a cookie that is not there is really not there. Browsers keep cookies from the frames of other sites, and an
  // application that is told "changed" for that reason would ask the server again and again.
  const seesCookies = async () =>
    everywhere === "yes" && "hasStorageAccess" in document && (await document.hasStorageAccess());

  const digest = async (text) => {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const answer = async (message, origin) => {
    const parts = typeof message === "string" && message.length <= longest ? question.exec(message) : null;
    if (parts === null) return "error";
    const [, clientId, expected, salt] = parts;
    const state = browserState();
    if (state === undefined) return (await seesCookies()) ? "changed" : "error";
    const current = await digest(`${clientId} ${origin} ${state} ${salt}`);
    return current === expected ? "unchanged" : "changed";
  };

  addEventListener("message", async ({ data, origin, source }) => {
    // What the page tells itself, and what has no origin that could be answered.
    if (source === null || source === window || origin === "null") return;
    source.postMessage(await answer(data, origin).catch(() => "error"), origin);
  });
})();
