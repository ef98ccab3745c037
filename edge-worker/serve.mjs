// The way of a request: judged by the module, and what that says carried out.

import { Kind } from "./index.js";
import { call, gateOf, instance, settled } from "./instance.mjs";
import { answer, edit, requestText, responseText } from "./message.mjs";
import { ask } from "./origin.mjs";

const { Allowed, Answered, Later, Unchanged } = Kind;

// A redirect is not followed: its target was never judged.
const ORDINARY = { redirect: "manual" };
// What was let through for one caller goes past the cache that `fetch` has of its own.
const GUARDED = { redirect: "manual", cache: "no-store" };

export async function serve(request, env, context) {
  const gate = gateOf(env);
  if (gate === null) {
    console.error("wicketgate: the gate has no policy");
    return unavailable();
  }
  const [text, parts] = requestText(request);
  let kind = call(gate, "judge", text, parts);
  if (kind === Unchanged) return (await asked(request, env, ORDINARY, "")) ?? unavailable();
  let judged;
  if (kind === Later) {
    judged = await settled(call(gate, "judge_later", text, parts, request, env, context));
    kind = judged.kind;
  } else {
    judged = gate.judged();
  }
  const made = instance();
  if (kind === Answered) return answered(judged, made);
  const init = kind === Allowed ? GUARDED : ORDINARY;
  const edits = judged.text();
  if (kind !== Allowed) free(judged, made);
  const response = await asked(request, env, init, edits);
  if (kind !== Allowed) return response ?? unavailable();
  if (response !== undefined) return guarded(response, judged, made);
  free(judged, made);
  return unavailable();
}

// The answer where the module can't be asked for one: what `Answer::unavailable` says.
export function unavailable() {
  return new Response('{"error":"Service Unavailable"}', {
    status: 503,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

// The origin's response to the request with its headers changed, and with its method, target, body,
// properties and signal as they are: it is made from the request and not from its URL, which would
// be normalised on the way. None where the origin can't be asked.
async function asked(request, env, init, edits) {
  try {
    const outgoing = new Request(request, init);
    edit(outgoing.headers, edits);
    return await ask(outgoing, env);
  } catch (error) {
    console.error(`wicketgate: the request could not be served: ${error}`);
    return undefined;
  }
}

function answered(judged, made) {
  const response = answer(judged.text(), judged.body());
  free(judged, made);
  return response;
}

// The response to a guarded request, judged by the instance that let it through.
function guarded(response, judged, made) {
  if (made !== instance()) throw new Error("the instance that let the request through is gone");
  const [text, parts] = responseText(response);
  const kind = call(judged, "respond", text, parts);
  if (kind === Answered) {
    // Nobody will read it: the connection need not bring it here.
    response.body?.cancel().catch(() => {});
    return answered(judged, made);
  }
  const edits = judged.text();
  free(judged, made);
  if (kind === Unchanged) return response;
  // A copy whose headers can be changed, with the body, a web socket and the encoding as they are.
  const copy = new Response(response.body, response);
  edit(copy.headers, edits);
  return copy;
}

// Gives its memory back. The platform would do so late, if ever; and in another instance it would be
// somebody else's.
function free(judged, made) {
  if (made === instance()) judged.free();
}
