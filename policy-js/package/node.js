// The package in Node: the wasm module is a file beside this one.

import { readFileSync } from "node:fs";
import { initSync } from "./wicketgate_policy.js";

initSync({ module: readFileSync(new URL("./wicketgate_policy_bg.wasm", import.meta.url)) });

export { PolicyError } from "./policy-error.js";
export { check, decide, needs, Policy, readCurl, variables } from "./wicketgate_policy.js";
