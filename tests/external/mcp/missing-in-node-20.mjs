// The conformance tool imports `globSync`, which Node.js has since version 22, for tests that are not run here. With
// `node --import` of this file it starts on version 20, too.

import { register } from "node:module";

const files = `export * from "node:fs"; export const globSync = () => { throw new Error("this needs Node.js 22"); };`;
const hooks = `
    export const resolve = (specifier, context, next) =>
        specifier === "fs" && context.parentURL?.includes("/conformance/")
            ? { url: "data:text/javascript," + ${JSON.stringify(encodeURIComponent(files))}, shortCircuit: true }
            : next(specifier, context);
`;
if (Number(process.versions.node.split(".")[0]) < 22) register(`data:text/javascript,${encodeURIComponent(hooks)}`);
