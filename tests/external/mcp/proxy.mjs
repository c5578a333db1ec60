// A reverse proxy for an issuer with a path: what begins with the path goes to the server without it, and so does the rest,
// as it is. `fetch` cannot be used, as it does not hand on redirects.

import { createServer, request as send } from "node:http";

/** Puts `to` (an origin) at `issuer`, which has a path. */
export function open(issuer, to) {
    const { hostname, port, pathname } = new URL(issuer);
    const inside = path => (path.startsWith(`${pathname}/`) ? path.slice(pathname.length) : path);
    const proxy = createServer((request, response) => {
        const { method, headers } = request;
        const onward = send(new URL(inside(request.url), to), { method, headers }, answer => {
            response.writeHead(answer.statusCode, answer.rawHeaders);
            answer.pipe(response);
        });
        onward.on("error", fault => response.writeHead(502).end(fault.message));
        request.pipe(onward);
    });
    return new Promise(resolve => proxy.listen(Number(port), hostname, () => resolve(proxy)));
}
