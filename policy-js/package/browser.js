// The package in browsers: the wasm module is fetched from beside this one before anybody who
// imports it goes on. Bundlers know `new URL(…, import.meta.url)` and take the file along.

import init from "./wicketgate_policy.js";

await init({ module_or_path: new URL("./wicketgate_policy_bg.wasm", import.meta.url) });

export { PolicyError } from "./policy-error.js";
export { check, decide, needs, Policy, readCurl, variables } from "./wicketgate_policy.js";
