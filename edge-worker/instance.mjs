// The instance of the wasm module, and what happens when it traps.
//
// `index.js` is what wasm-bindgen makes of the module, which it can instantiate again.

import { __wbg_reset_state, Gate } from "./index.js";

// An instance can't go on after a trap. During a call, the caller gets the exception. Between two
// steps of a promise the event loop gets it, and the promise never settles: so everybody who waits
// for the dead instance must be told. The next instance is made at once. Otherwise a timer or an
// answer for the old instance would be taken for one of the new, and would run with pointers of the
// old.
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
  // This is such a timer of an old instance. It does not concern those who wait for the new one.
  if (error?.message === "Cannot invoke closure from previous WASM instance") return;
  trapped(error);
});

// Judges a request. The module throws only on a trap.
export function judge(known, text, parts) {
  try {
    return known.gate.judge(text, parts);
  } catch (error) {
    trapped(error);
    throw error;
  }
}

// Judges the response to an allowed request. Only the instance that allowed it can do so.
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

// Judges a request for which something has to be brought. The promise settles even if the instance
// traps.
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

// The gate with the policy of `env`, or nothing if there is no such policy. It is made when `env`
// is first seen: after a variable or a secret has changed, the platform may go on with the same
// isolate, and hands it a new `env`.
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
  // Beside the gate, keep the last changes of a request and of a response.
  const entry = { gate, generation, request: [], response: [] };
  gates.set(env, entry);
  return entry;
}
