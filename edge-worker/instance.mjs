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

// Calls a method of an object of the module. Nothing is thrown there but by a trap.
export function call(object, method, ...given) {
  try {
    return object[method](...given);
  } catch (error) {
    trapped(error);
    throw error;
  }
}

// A promise of the module, which settles whatever becomes of the instance.
export async function settled(promise) {
  const trap = Promise.withResolvers();
  waiting.add(trap.reject);
  try {
    return await Promise.race([promise, trap.promise]);
  } finally {
    waiting.delete(trap.reject);
  }
}

// Which instance it is. An object of another must not be used any more.
export function instance() {
  return generation;
}

// The gate with the policy of `env`, made when it is first seen; none where there is no such policy.
// The platform may go on using an isolate after a variable or a secret has changed, and gives it a
// new `env` then.
export function gateOf(env) {
  let gate = gates.get(env);
  if (gate === undefined) {
    gate = call(Gate, "open", env) ?? null;
    gates.set(env, gate);
  }
  return gate;
}
