// The Worker's entry: every request goes to the wasm module, and where that fails, to nobody.
//
// `index.js` is what wasm-bindgen makes of the module, which it can instantiate again.

import * as gate from "./index.js";
import policy from "./policy.mjs";

globalThis.__wicketgate_policy = policy;

// A trap between two steps of a request is thrown at the event loop, and the request's promise
// never settles. Everybody who waits for the instance that is gone must be told, and the next one
// is made at once: until then a timer or an answer that somebody waited for would be taken for one
// of the new instance, and would run with pointers of the old.
const waiting = new Set();
addEventListener("error", ({ error }) => {
  // Such a timer, once there is a new instance: those who wait for that have nothing to do with it.
  if (error?.message === "Cannot invoke closure from previous WASM instance") return;
  waiting.forEach((fail) => fail(error));
  waiting.clear();
  gate.__wbg_reset_state();
});

export default {
  async fetch(request, env, context) {
    const trapped = Promise.withResolvers();
    waiting.add(trapped.reject);
    try {
      return await Promise.race([gate.fetch(request, env, context), trapped.promise]);
    } catch (error) {
      console.error(`wicketgate: internal error: ${error}`);
      // What `Answer::unavailable` says: the module can't be asked for it any more.
      return new Response('{"error":"Service Unavailable"}', {
        status: 503,
        headers: { "content-type": "application/json", "cache-control": "no-store" },
      });
    } finally {
      waiting.delete(trapped.reject);
    }
  },
};
