// The Worker's entry: every request is served by way of the wasm module, and where that fails, by
// nobody.

import policy from "./policy.mjs";
import { serve, unavailable } from "./serve.mjs";

globalThis.__wicketgate_policy = policy;

export default {
  async fetch(request, env, context) {
    try {
      return await serve(request, env, context);
    } catch (error) {
      console.error(`wicketgate: internal error: ${error}`);
      return unavailable();
    }
  },
};
