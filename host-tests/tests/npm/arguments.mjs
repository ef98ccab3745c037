// The package's errors for values of another shape than its types allow.

import assert from "node:assert/strict";
import { check, decide, needs, Policy, PolicyError, readCurl, variables } from "wicketgate-policy";

const secret = "4f8a1c0d9e2b7365af01d2c4b6e8f790";
const document = JSON.stringify({
  version: 1,
  name: "jobs",
  environment: "production",
  callers: { cron: { token: { header: "x-token", keys: [{ id: "a", env: "TOKEN" }] } } },
  rules: [{ id: "internal", paths: ["/internal/*"], allow: [{ methods: ["POST"], caller: "cron" }] }],
  unmatched: "pass",
  forward: { credential: "remove" },
});
const environment = { host: "envoy", variables: { TOKEN: secret, OTHER: undefined } };
const good = {
  method: "POST", target: "/internal/x", scheme: "http", authority: "app.example",
  headers: [["x-token", secret]], peer: "127.0.0.1:80",
};
const now = Date.UTC(2026, 10, 23);
const policy = new Policy(document, environment);
const ask = (changes, time = now) => policy.decide({ ...good, ...changes }, time);

// The good ones first: else nothing below would mean anything.
assert.deepEqual(check(document, environment), []);
assert.deepEqual(variables(document), ["WICKETGATE_ENVIRONMENT", "TOKEN"]);
assert.deepEqual([policy.name, policy.version.length, policy.notices], ["jobs", 12, []]);
assert.equal(ask({}).caller, "cron");
assert.deepEqual(ask({}).edits, [{ op: "remove", name: "x-token" }]);
assert.deepEqual(decide(Buffer.from(document), good, environment, new Date(now)), ask({}));
assert.equal(ask({ headers: new Headers({ "X-Token": secret }) }).decision, "allow");
assert.equal(ask({ headers: new Map([["x-token", Buffer.from(secret)]]) }).decision, "allow");

// What is explained is the same decision, with its steps.
assert.deepEqual(needs(document).find(({ name }) => name === "TOKEN"), { name: "TOKEN", holds: "secret" });
const explain = (changes) => policy.explain({ ...good, ...changes }, now);
assert.deepEqual(explain({}).decision, ask({}));
assert.deepEqual([explain({}).chosen, explain({}).chosenRules, explain({}).client], ["rules", ["internal"], "127.0.0.1"]);
const [{ holds, methodHolds, credentialHolds, credentialReason }] = explain({ method: "GET", headers: [] }).rules[0].alternatives;
assert.deepEqual([holds, methodHolds, credentialHolds, credentialReason], [false, false, false, "credential_missing"]);
const odd = explain({ target: "/a/%2e%2e/internal/x" });
assert.equal(odd.chosen, "ambiguous");
assert(odd.readings.some(({ path, rules }) => path === "/internal/x" && rules[0] === "internal"));
assert.equal(odd.meaning, "the path can be read in ways that choose different rules");
assert.deepEqual(explain({ target: "/" }).rules, []);
const line = readCurl("curl -d a -H 'X-Token: $TOKEN' https://app.example/internal/x");
assert.deepEqual([line.method, line.target, line.authority], ["POST", "/internal/x", "app.example"]);
assert.deepEqual(line.headers[0], ["x-token", "$TOKEN"]);
assert.throws(() => readCurl("wget app.example"), /a curl line begins with `curl`/);

// No secret is in what it says, and no byte is taken for another.
const [missing] = check(document);
assert.deepEqual([missing.path, missing.found], ["callers.cron.token.keys[0].env", "no `TOKEN` on the host"]);
assert.equal(check(document, { host: "envoy", variables: { TOKEN: "hunter2" } })[0].message.includes("hunter2"), false);
const latin = ask({ target: "/internal/x", headers: [["x-token", "\u00e9".repeat(32)]] });
const bytes = ask({ target: "/internal/x", headers: [["x-token", new Uint8Array(32).fill(0xe9)]] });
assert.equal(latin.reason, "credential_malformed");
assert.deepEqual(latin, bytes);
assert.match(ask({ target: "/internal/\u00e9", headers: [] }).audit, /"url.path":"\/internal\/\\u00e9"/);
assert.match(ask({ target: Buffer.from("/internal/é"), headers: [] }).audit, /"url.path":"\/internal\/\\u00c3\\u00a9"/);
assert.deepEqual(ask({ target: "/", headers: [["x_forwarded_for\u00ff", "a"], ["SCRIPT_NAME", "a"]] }).edits,
  [{ op: "remove", name: "SCRIPT_NAME" }]);

// A request that a client can send is never an error.
for (const changes of [{ target: null }, { authority: null }, { peer: null }, { method: "" }, { peer: "junk" }]) {
  assert(["allow", "deny"].includes(ask(changes).decision), JSON.stringify(changes));
}
assert.equal(ask({ target: null }).reason, "path_missing");
assert.equal(ask({}, 0).decision, "allow");

// A value of another shape is.
const wrong = (run, message) => assert.throws(run, { name: "TypeError", message });
wrong(() => check(), "`policy`: expected a string or a Uint8Array");
wrong(() => check({ version: 1 }), "`policy`: expected a string or a Uint8Array");
wrong(() => new Policy(document), "`environment`: expected an object");
wrong(() => check(document, null), "`environment`: expected an object");
wrong(() => check(document, { host: "nginx", variables: {} }), "`environment.host`: expected `cloudflare` or `envoy`");
wrong(() => check(document, { host: "envoy" }), "`environment.variables`: expected an object");
wrong(() => check(document, { ...environment, secrets: {} }), "`environment`: expected no member `secrets`");
wrong(() => check(document, { host: "envoy", variables: { TOKEN: 1 } }),
  "`environment.variables.TOKEN`: expected a string or a Uint8Array");
wrong(() => policy.decide(undefined, now), "`request`: expected an object");
wrong(() => policy.decide("GET /", now), "`request`: expected an object");
for (const member of ["method", "target", "scheme", "authority", "peer"]) {
  wrong(() => ask({ [member]: undefined }), `\`request.${member}\`: expected a string or a Uint8Array`);
  wrong(() => ask({ [member]: 1 }), `\`request.${member}\`: expected a string or a Uint8Array`);
  wrong(() => ask({ [member]: "\u20ac" }), `\`request.${member}\`: expected characters up to U+00FF, one for each byte`);
}
wrong(() => ask({ method: null }), "`request.method`: expected a string or a Uint8Array");
wrong(() => ask({ trailer: [] }), "`request`: expected no member `trailer`");
wrong(() => ask({ headers: undefined }), "`request.headers`: expected an iterable of pairs of a name and a value");
wrong(() => ask({ headers: { a: "b" } }), "`request.headers`: expected an iterable of pairs of a name and a value");
wrong(() => ask({ headers: [["a", "b"], ["c"]] }), "`request.headers[1]`: expected a pair of a name and a value");
wrong(() => ask({ headers: ["ab"] }), "`request.headers[0]`: expected a pair of a name and a value");
wrong(() => ask({ headers: [["a", "\ud800"]] }), "`request.headers[0]`: expected characters up to U+00FF, one for each byte");
for (const name of ["headers", "trailers"]) {
  wrong(() => ask({ [name]: [[":path", "/"]] }),
    `\`request.${name}\`: expected no pseudo-header: the request has members for them`);
}
for (const time of [undefined, null, "2026-11-23", NaN, Infinity, new Date("x"), 1n]) {
  wrong(() => policy.decide(good, time), "`now`: expected a valid Date or milliseconds since 1970");
}

// Exceptions of the caller's own objects come through, and leave nothing behind.
const broken = { ...good, get headers() { throw new RangeError("mine"); } };
assert.throws(() => policy.decide(broken, now), { name: "RangeError", message: "mine" });
assert.throws(() => decide("{", good, environment, now), PolicyError);
assert.throws(() => variables("["), PolicyError);
assert.equal(ask({}).decision, "allow");

policy.free();
assert.throws(() => ask({}));
console.log("all good");
