// Answers vectors with the npm package: a line of JSON with a case in, a line with what the
// package says out. `argv[2]` is the package's folder.

import { createInterface } from "node:readline";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { decide, Policy } = await import(pathToFileURL(join(process.argv[2], "node.js")));

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

// The policy of the case before, which most often is that of the next one too.
let last = { key: "", policy: undefined };

function run({ policy, environment, request, now }) {
  const key = JSON.stringify([policy, environment]);
  if (last.key !== key) {
    last.policy?.free();
    last = { key: "", policy: undefined };
    last = { key, policy: new Policy(policy, environment) };
  }
  const [kept, once] = [
    show(last.policy.decide(request, now)),
    show(decide(new TextEncoder().encode(policy), inBytes(request), environment, new Date(now))),
  ];
  if (kept !== once) throw new Error(`in bytes it is decided otherwise: ${kept}\n${once}`);
  return kept;
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = run(JSON.parse(line));
  } catch (error) {
    answer = JSON.stringify({ failure: String(error) });
  }
  process.stdout.write(`${answer}\n`);
}
