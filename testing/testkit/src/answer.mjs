// Has the npm package answer vectors. `answerer` takes the package, and returns the function that
// takes a case as a line of JSON and returns what the package says, as another.

const toBytes = (text) => text === null ? null : Uint8Array.from(text, (c) => c.charCodeAt(0));
const toPairs = (headers) => headers.map(([name, value]) => [toBytes(name), toBytes(value)]);

// The same request in bytes, which must come to the same.
function inBytes({ method, target, scheme, authority, headers, trailers, peer }) {
  return {
    method: toBytes(method),
    target: toBytes(target),
    scheme: toBytes(scheme),
    authority: toBytes(authority),
    headers: toPairs(headers),
    trailers: toPairs(trailers),
    peer: toBytes(peer),
  };
}

function show(decision) {
  const answer = decision.answer;
  if (answer) answer.body = String.fromCharCode(...answer.body);
  return JSON.stringify(decision);
}

export function answerer({ decide, Policy }) {
  // The policy of the case before, which most often is that of the next one too.
  let last = { key: "", policy: undefined };

  function run({ policy, environment, request, now }) {
    const key = JSON.stringify([policy, environment]);
    if (last.key !== key) {
      last.policy?.free();
      last = { key: "", policy: undefined };
      last = { key, policy: new Policy(policy, environment) };
    }
    const kept = show(last.policy.decide(request, now));
    const others = {
      "in bytes": show(decide(new TextEncoder().encode(policy), inBytes(request), environment, new Date(now))),
      explained: show(last.policy.explain(request, now).decision),
    };
    for (const [how, other] of Object.entries(others)) {
      if (kept !== other) throw new Error(`${how} it is decided otherwise: ${kept}\n${other}`);
    }
    return kept;
  }

  return (line) => {
    try {
      return run(JSON.parse(line));
    } catch (error) {
      return JSON.stringify({ failure: String(error) });
    }
  };
}
