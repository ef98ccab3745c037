// The way of a request: judged by the module, and what that says carried out.

import { gateOf, judge, judgeLater, respond } from "./instance.mjs";
import { answer, changes, edit, requestText, responseText } from "./message.mjs";
import { ask } from "./origin.mjs";

// What the module tells (`Gate` in `src/lib.rs`): a `Kind`, whether the changes are those that were
// handed over last, and a number.
const [LATER, UNCHANGED, CHANGED, ALLOWED, ANSWERED] = [0, 1, 2, 3, 4];
const kindOf = (told) => told & 7;
const areKnown = (told) => (told & 8) !== 0;
const numberOf = (told) => told >>> 4;

// A redirect is not followed: its target was never judged.
const ORDINARY = { redirect: "manual" };
// What was let through for one caller goes past the cache that `fetch` has of its own.
const GUARDED = { redirect: "manual", cache: "no-store" };
// The same, where the request as it came says the rest: each member costs.
const GUARDED_ONLY = { cache: "no-store" };

// One function for the whole way, as each that is waited for costs.
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

// The answer where the module can't be asked for one: what `Answer::unavailable` says.
function unavailable() {
  return new Response('{"error":"Service Unavailable"}', {
    status: 503,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

// The request with its headers changed, and with its method, target, body, properties and signal as
// they are: it is made from the request and not from its URL, which would be normalised on the way.
function outgoing(request, kind, changed) {
  const isManual = request.redirect === "manual";
  if (kind === UNCHANGED && isManual) return request;
  const guarded = isManual ? GUARDED_ONLY : GUARDED;
  const made = new Request(request, kind === ALLOWED ? guarded : ORDINARY);
  edit(made.headers, changed);
  return made;
}

// The response to a guarded request, judged by the gate that let it through.
function guarded(known, number, response) {
  const [text, parts] = responseText(response);
  const told = respond(known, number, text, parts);
  switch (kindOf(told)) {
    case UNCHANGED:
      return response;
    case CHANGED: {
      // A copy whose headers can be changed, with the body, a web socket and the encoding as they
      // are.
      const copy = new Response(response.body, response);
      edit(copy.headers, changesOf(known, "response", told));
      return copy;
    }
    case ANSWERED:
      // Nobody will read it: the connection need not bring it here.
      response.body?.cancel().catch(() => {});
      return answer(known.gate.text(), known.gate.body());
    default:
      throw new Error(`the module tells ${told} of the response`);
  }
}

// The changes of what was told. Should they fail to be read there are none to be known, and what
// wants them fails too.
function changesOf(known, what, told) {
  if (areKnown(told)) return known[what];
  known[what] = undefined;
  return (known[what] = changes(known.gate.text()));
}
