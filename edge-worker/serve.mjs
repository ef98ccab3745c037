// The way of a request: the module judges, and this file carries the result out.

import { gateOf, judge, judgeLater, respond } from "./instance.mjs";
import { answer, changes, edit, requestText, responseText } from "./message.mjs";
import { ask } from "./origin.mjs";

// The parts of the module's result (`Gate` in `src/lib.rs`): a `Kind`, a bit for "the last changes
// again", and a number.
const [LATER, UNCHANGED, CHANGED, ALLOWED, ANSWERED] = [0, 1, 2, 3, 4];
const kindOf = (told) => told & 7;
const areKnown = (told) => (told & 8) !== 0;
const numberOf = (told) => told >>> 4;

// Don't follow redirects: their targets were never judged.
const ORDINARY = { redirect: "manual" };
// An answer for one caller must not come from, or get into, the cache of `fetch`.
const GUARDED = { redirect: "manual", cache: "no-store" };
// The same, without the members that the request already has, because each member costs.
const GUARDED_ONLY = { cache: "no-store" };

// One function does it all, because each `await` costs.
export async function serve(request, env, context) {
  try {
    const known = gateOf(env);
    if (known.gate === undefined) {
      console.error("wicketgate: the gate has no policy");
      return unavailable();
    }
    const [text, parts] = requestText(request);
    let told = judge(known, text, parts);
    let changed;
    if (told === LATER) {
      let later, body;
      [told, later, body] = await judgeLater(known, text, parts, request, env, context);
      if (kindOf(told) === ANSWERED) return answer(later, body);
      changed = changes(later);
    } else if (kindOf(told) === ANSWERED) {
      return answer(known.gate.text(), known.gate.body());
    } else {
      changed = told === UNCHANGED ? [] : changesOf(known, "request", told);
    }
    const kind = kindOf(told);
    if (kind !== UNCHANGED && kind !== CHANGED && kind !== ALLOWED) {
      throw new Error(`the module tells ${told} of the request`);
    }
    let response;
    try {
      response = await ask(outgoing(request, kind, changed), env);
    } catch (error) {
      console.error(`wicketgate: the request could not be served: ${error}`);
      return unavailable();
    }
    return kind === ALLOWED ? guarded(known, numberOf(told), response) : response;
  } catch (error) {
    console.error(`wicketgate: internal error: ${error}`);
    return unavailable();
  }
}

// The answer if the module can't be asked: the same as `Answer::unavailable`.
function unavailable() {
  return new Response('{"error":"Service Unavailable"}', {
    status: 503,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

// The request with changed headers, and with the same method, target, body, properties and signal.
// It is made from the request and not from its URL, which would be normalised.
function outgoing(request, kind, changed) {
  const isManual = request.redirect === "manual";
  if (kind === UNCHANGED && isManual) return request;
  const made = new Request(request, options(isManual, kind === ALLOWED && isCached(request.method)));
  edit(made.headers, changed);
  return made;
}

// What is to be said of a request that is made anew. Each member costs, and so do options at all.
function options(isManual, isGuarded) {
  if (isManual) return isGuarded ? GUARDED_ONLY : undefined;
  return isGuarded ? GUARDED : ORDINARY;
}

// Cloudflare's cache keeps answers to GET only, and answers HEAD by them ("Default cache behavior" in
// its documentation).
function isCached(method) {
  return method === "GET" || method === "HEAD";
}

// Has the gate that allowed the request judge the response.
function guarded(known, number, response) {
  const [text, parts] = responseText(response);
  const told = respond(known, number, text, parts);
  switch (kindOf(told)) {
    case UNCHANGED:
      return response;
    case CHANGED: {
      // A copy with headers that can be changed, and with the same body, web socket and encoding.
      const copy = new Response(response.body, response);
      edit(copy.headers, changesOf(known, "response", told));
      return copy;
    }
    case ANSWERED:
      // Nobody will read the old body, so stop the transfer.
      response.body?.cancel().catch(() => {});
      return answer(known.gate.text(), known.gate.body());
    default:
      throw new Error(`the module tells ${told} of the response`);
  }
}

// Reads the changes of a result. Clear the remembered ones first: if parsing fails, stale edits
// must not be reused.
function changesOf(known, what, told) {
  if (areKnown(told)) return known[what];
  known[what] = undefined;
  return (known[what] = changes(known.gate.text()));
}
