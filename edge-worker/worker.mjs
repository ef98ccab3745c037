// The Worker's entry: every request is served by way of the wasm module, and where that fails, by
// nobody.

import policy from "./policy.mjs";
import { serve } from "./serve.mjs";

globalThis.__wicketgate_policy = policy;

export default { fetch: serve };
