// The instance of the wasm module, and what happens when it traps.
//
// `index.js` is what wasm-bindgen makes of the module, which it can instantiate again.

import { __wbg_reset_state, Gate } from "./index.js";

// A trap leaves an instance that can't go on. In a call it is thrown at the caller. Between two
// steps of a promise it is thrown at the event loop, and the promise never settles: everybody who
// waits for the instance that is gone must be told. The next one is made at once: until then a
// timer or an answer that somebody waited for would be taken for one of the new instance, and would
// run with pointers of the old.
const waiting = new Set();
let generation = 0;
let gates = new WeakMap();

function trapped(error) {
  waiting.forEach((fail) => fail(error));
  waiting.clear();
  generation += 1;
  gates = new WeakMap();
  __wbg_reset_state();
}

addEventListener("error", ({ error }) => {
  // Such a timer, once there is a new instance: those who wait for that have nothing to do with it.
  if (error?.message === "Cannot invoke closure from previous WASM instance") return;
  trapped(error);
});

// What comes of a request. The module throws nothing but what a trap is.
export function judge(known, text, parts) {
  try {
    return known.gate.judge(text, parts);
  } catch (error) {
    trapped(error);
    throw error;
  }
}

// What comes of the response to a request that was allowed: only the instance that let it through
// can tell.
export function respond(known, number, text, parts) {
  if (known.generation !== generation) {
    throw new Error("the instance that let the request through is gone");
  }
  try {
    return known.gate.respond(number, text, parts);
  } catch (error) {
    trapped(error);
    throw error;
  }
}

// What comes of a request for which something has to be brought, with its text and its body. It
// settles whatever becomes of the instance.
export async function judgeLater({ gate }, text, parts, request, env, context) {
  const trap = Promise.withResolvers();
  waiting.add(trap.reject);
  try {
    const judged = gate.judge_later(text, parts, request, env, context);
    return await Promise.race([judged, trap.promise]);
  } finally {
    waiting.delete(trap.reject);
  }
}

// The gate with the policy of `env`, made when it is first seen; none where there is no such policy.
// The platform may go on using an isolate after a variable or a secret has changed, and gives it a
// new `env` then.
export function gateOf(env) {
  return gates.get(env) ?? opened(env);
}

function opened(env) {
  let gate;
  try {
    gate = Gate.open(env);
  } catch (error) {
    trapped(error);
    throw error;
  }
  // Beside it the changes that it told last, of a request and of a response.
  const entry = { gate, generation, request: [], response: [] };
  gates.set(env, entry);
  return entry;
}
