// The Worker's entry. The wasm module judges every request, and if that fails, nothing is
// forwarded.

import policy from "./policy.mjs";
import { serve } from "./serve.mjs";

globalThis.__wicketgate_policy = policy;

export default { fetch: serve };
