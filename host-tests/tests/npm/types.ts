// Compiled and never run: what the types allow, and what they must not.

import {
  check, decide, needs, Policy, PolicyError, readCurl, variables,
  type Answer, type AuditEvent, type ByteString, type CurlRequest, type Decision, type Edit,
  type Environment, type Explanation, type Fault, type Header, type Need, type Reading,
  type Reason, type Request,
} from "wicketgate-policy";

const environment: Environment = {
  host: "envoy",
  variables: { A: "text", B: new Uint8Array([1]), C: undefined },
};
const request: Request = {
  method: "GET",
  target: "/a",
  scheme: "https",
  authority: null,
  headers: new Map<string, Uint8Array>([["a", new Uint8Array()]]),
  trailers: [["a", "b"]],
  peer: null,
};

const faults: Fault[] = check("{}", environment);
const places: string[] = check(new Uint8Array()).map((fault) => fault.path);
const names: string[] = variables("{}");
const held: Need["holds"][] = needs("{}").map((need) => need.holds);
const policy = new Policy("{}", environment);
const told: [string, string, string[]] = [policy.name, policy.version, policy.notices];
const decision: Decision = policy.decide(request, new Date());
const steps: Explanation = policy.explain(request, 0);
const readings: readonly Reading[] = steps.readings;
const parts: boolean[] = steps.rules.flatMap((rule) => rule.alternatives.map((one) => one.holds));
const line: CurlRequest = readCurl("curl app.example");
const once: Decision = decide("{}", request, environment, 0);

function status(decision: Decision): number | null {
  switch (decision.decision) {
    case "pass":
      return null;
    case "allow": {
      const caller: string | null = decision.caller;
      return caller === null ? null : edited(decision.edits).length;
    }
    case "deny": {
      const answer: Answer = decision.answer;
      const body: Uint8Array = answer.body;
      const reason: Reason = decision.reason;
      return reason === "key_expired" && body.length > 0 ? answer.status : null;
    }
  }
}

function edited(edits: readonly Edit[]): Header[] {
  return edits.flatMap((edit): Header[] => (edit.op === "set" ? [[edit.name, edit.value]] : []));
}

function event(line: string): AuditEvent {
  return JSON.parse(line) as AuditEvent;
}
const type: Reason | undefined = event("{}")["error.type"];
const value: ByteString = new Uint8Array();

try {
  policy.free();
} catch (error) {
  if (error instanceof PolicyError) {
    const name: "PolicyError" = error.name;
    const count: number = error.faults.length;
    void [name, count];
  }
}

// @ts-expect-error the environment is not left out by chance
new Policy("{}");
// @ts-expect-error a policy is text, not an object
check({ version: 1 });
// @ts-expect-error there is no third host
check("{}", { host: "nginx", variables: {} });
// @ts-expect-error the time is explicit
policy.decide(request);
// @ts-expect-error a time has a unit
policy.decide(request, "2026-11-23");
// @ts-expect-error a misspelt member
policy.decide({ ...request, peerAddress: "127.0.0.1" }, 0);
// @ts-expect-error the peer is not left out by chance
policy.decide({ method: "GET", target: "/", scheme: "http", authority: "a", headers: [] }, 0);
// @ts-expect-error a record of headers could not hold duplicates
const record: Request = { ...request, headers: { a: "b" } };
// @ts-expect-error a denial has no edits
if (decision.decision === "deny") void decision.edits;
// @ts-expect-error a pass has no answer
if (decision.decision === "pass") void decision.answer;
// @ts-expect-error what was decided is not changed
decision.decision = "allow";
// @ts-expect-error not a reason
const reason: Reason = "because";
// @ts-expect-error faults are found, not made
new PolicyError();

// @ts-expect-error what was explained is not changed
steps.chosen = "rules";
// @ts-expect-error there is no such choice
if (steps.chosen === "all") void steps;

void [held, readings, parts, line, faults, places, names, told, once, status, type, value, record, reason];
