// An explanation for people: the way of a request through readings and rules, what the client gets,
// what the origin gets, and the audit line.

import { code, el, shown } from "./dom.js";
import { hide } from "./secrets.js";

const WORD = { allow: "Allowed", deny: "Denied", pass: "Passed" };

// The verdict in one line, also for screen readers.
export function verdict({ decision, meaning }) {
  if (decision.decision === "deny") return `Denied: ${meaning}`;
  if (decision.decision === "pass") return "Passed: no rule guards it";
  return decision.caller === null ? "Allowed: it is public" : `Allowed: caller ${decision.caller}`;
}

// All of it as elements. `request` is what the core was asked, `networks` the names of the policy's
// networks in their order, `hosts` whether its rules name any.
export function show(told, { request, variables, compare, ...policy }) {
  const { decision } = told;
  const safe = (text) => hide(shown(text), variables);
  return [
    banner(told),
    compare && agreement(told, compare),
    el("ol", { class: "way" }, way(told, safe, policy)),
    el("div", { class: "ends" }, client(decision, safe), origin(decision, request, safe)),
    audit(decision, safe),
  ].filter(Boolean);
}

function banner(told) {
  const { decision, meaning } = told;
  const kind = decision.decision;
  return el("div", { class: `verdict ${kind}` },
    el("p", { class: "word" }, WORD[kind]),
    el("p", {},
      kind === "deny" && [el("a", { href: `../reasons.html#${decision.reason}` }, code(decision.reason)), " ", meaning],
      kind === "allow" && (decision.caller === null ? "the policy says that it is public" : ["caller ", code(decision.caller)]),
      kind === "pass" && "no rule guards it; the origin answers",
      decision.rule && [" · rule ", code(decision.rule)]),
  );
}

function agreement({ decision }, line) {
  const [was, why] = [line["wicketgate.decision"], line["error.type"] ?? null];
  const now = decision.decision;
  const same = was === now && (decision.reason ?? null) === why;
  const said = [code(was), why && [" (", code(why), ")"]].flat(Infinity).filter(Boolean);
  return el("p", { class: `compare ${same ? "same" : "other"}` },
    "The line says ", said, same ? ": so does this policy." : ": this policy decides otherwise about what the line tells. It does not tell the credential; put one under Fields.");
}

function way(told, safe, { networks, hosts }) {
  const steps = [];
  steps.push(step(true, "Who asks", [
    el("p", {}, "peer ", code(told.peer ?? "unknown"), ", client ", code(told.client ?? "unknown"),
      hosts && !told.knownHost && "; no rule names this host, so every rule applies"),
    told.otherHost && el("p", {}, code(safe(told.otherHost.header)), " names another host, ", code(safe(told.otherHost.host)), ", and the application may believe it: every rule applies"),
  ]));
  if (told.refusedEverywhere) {
    steps.push(step(false, "Refused whatever its path", [el("p", {}, code(told.refusedEverywhere))]));
    return steps;
  }
  steps.push(readings(told, safe));
  for (const rule of told.rules) steps.push(ruleStep(rule, told, networks));
  return steps;
}

const step = (good, title, content) =>
  el("li", { class: `step ${good ? "good" : "bad"}` }, el("h3", {}, title), content.flat(Infinity).filter(Boolean));

function readings(told, safe) {
  const count = told.readings.length;
  const opens = told.rules.some((rule) => rule.alternatives.some((one) => one.public));
  const rows = told.readings.map((reading) => el("li", {},
    code(safe(reading.path)), reading.fromQuery && " from the query", " ", arrow(), " ", rules(reading.rules),
    reading.folded && el("span", { class: "aside" }, "without case and trailing slash ", arrow(), " ", rules(reading.folded)),
    reading.filled && el("span", { class: "aside" }, "with an empty segment as a parameter ", arrow(), " ", rules(reading.filled)),
    reading.aliases.length > 0 && aliases(reading.aliases, safe)));
  const list = el("ul", { class: "readings" }, rows.slice(0, 8));
  const rest = rows.length > 8 && el("details", {}, el("summary", {}, `${rows.length - 8} more`), el("ul", { class: "readings" }, rows.slice(8)));
  const title = count === 1 ? "It can be read in one way" : count > 1 ? `It can be read in ${count} ways` : "How it can be read";
  return step(told.chosen !== "ambiguous" && told.chosen !== "too_complex", title, [
    rows.length > 0 && list, rest,
    told.namesHandler && el("p", {}, "A header names a handler that ", code("origin.actions"), " does not list as public: every rule must allow it."),
    told.unclear && opens && el("p", {}, "It runs a handler that its path does not name; what is public does not open that."),
    told.uncovered && opens && el("p", {}, "No rule covers all that it could be; what is public does not open that."),
    told.methods.length > 0 && el("p", {}, "The query names a method, which must be allowed too: ", told.methods.map((method) => [code(safe(method)), " "])),
    el("p", { class: "sum" }, {
      nothing: () => "No rule covers it.",
      rules: () => ["All choose ", rules(told.chosenRules), "."],
      ambiguous: () => ["They disagree. Together they choose ", rules(told.chosenRules), ": nobody is let in, whatever the credential."],
      too_complex: () => "It is too long, or can be read in too many ways: every rule guards it.",
    }[told.chosen]()),
  ]);
}

const arrow = () => el("span", { class: "arrow", "aria-hidden": "true" }, "→");
const rules = (ids) => ids.length === 0 ? el("span", { class: "none" }, "no rule") : ids.map((id, at) => [at > 0 && " ", el("b", { class: "rule" }, id)]);
const aliases = (paths, safe) => el("span", { class: "aside" }, "the same handler as ", paths.slice(0, 4).map((path, at) => [at > 0 && ", ", code(safe(path))]), paths.length > 4 && ` and ${paths.length - 4} more`);

function ruleStep(rule, told, networks) {
  const open = rule.alternatives.some((one) => one.holds);
  return step(open && told.decision.decision !== "deny", ["Rule ", el("b", { class: "rule" }, rule.id)], [
    rule.alternatives.length === 0
      ? el("p", {}, "It admits nobody.")
      : el("p", {}, rule.carriers.length > 0 ? ["It reads ", rule.carriers.map((name, at) => [at > 0 && ", ", code(name)]), "."] : "It reads no header."),
    el("ol", { class: "alternatives" }, rule.alternatives.map((one, at) => alternative(one, at + 1, networks))),
  ]);
}

function alternative(one, number, networks) {
  const part = (good, ...text) => el("li", { class: good ? "yes" : "no" }, el("span", { class: "away" }, good ? "holds: " : "does not hold: "), text);
  const because = (reason) => reason && [" (", code(reason), ")"];
  return el("li", { class: one.holds ? "yes" : "no" },
    el("h4", {}, `Alternative ${number} ${one.holds ? "holds" : "does not hold"}`),
    el("ul", {},
      part(one.methodHolds, "method ", one.methods ? one.methods.map((name) => [code(name), " "]) : "any"),
      one.network && part(one.network.reason === null, "network ", code(networks[one.network.place] ?? `${one.network.place}`), because(one.network.reason) ?? ""),
      one.public ? part(true, "public: no credential is needed") : part(one.credentialHolds, "caller ", one.caller === null ? "anyone" : code(one.caller), because(one.credentialReason) ?? shownBy(one)),
      one.credentials.filter((kind) => kind.kind !== "token" || one.credentials.length > 1).map(credential)));
}

function shownBy(one) {
  const by = one.credentials.find((kind) => kind.reason === null);
  if (!by?.key) return "";
  return [", key ", code(by.key), by.keyState && by.keyState !== "active" ? ` (${by.keyState})` : ""];
}

function credential(kind) {
  return el("li", { class: "detail" }, kind.kind, kind.carrier && [" in ", code(kind.carrier)], ": ", kind.reason ? code(kind.reason) : "ok",
    kind.held.length > 0 && el("span", { class: "aside" }, "good: ", kind.held.join(", ")),
    kind.failed && el("span", { class: "aside" }, "not good: ", kind.failed),
    kind.claim && el("span", { class: "aside" }, kind.claim.name && code(kind.claim.name), ` found ${kind.claim.found}, expected ${kind.claim.expected}`),
    kind.keysAt && kind.failed === "key" && el("span", { class: "aside" }, "hosts fetch its keys from ", code(kind.keysAt), ", which this page does not do"));
}

const box = (title, ...content) => el("div", { class: "box" }, el("h3", {}, title), content);
const lines = (list) => el("pre", { tabindex: "0" }, list);

function client(decision, safe) {
  if (decision.decision !== "deny") {
    const kept = decision.decision === "allow" ? ", kept out of shared caches" : "";
    return box("The client gets", el("p", {}, `the origin's answer${kept}.`));
  }
  const { status, headers, body } = decision.answer;
  const bytes = String.fromCharCode(...body);
  return box("The client gets", lines([
    `HTTP/1.1 ${status}\n`,
    headers.map(([name, value]) => `${name}: ${safe(value)}\n`),
    bytes && `\n${safe(bytes)}`,
  ].flat(Infinity).filter(Boolean)));
}

function origin(decision, request, safe) {
  if (decision.decision === "deny") return box("The origin gets", el("p", {}, "nothing."));
  const touched = new Map(decision.edits.map((edit) => [edit.name.toLowerCase(), edit]));
  const list = [el("span", {}, `${safe(request.method)} ${safe(request.target ?? "")}\n`), `host: ${safe(request.authority ?? "")}\n`];
  for (const [name, value] of request.headers) {
    const text = `${safe(name)}: ${safe(value)}`;
    list.push(touched.has(name.toLowerCase()) ? el("del", { title: "removed by the gate" }, text) : text, "\n");
  }
  for (const edit of decision.edits) {
    if (edit.op === "set") list.push(el("ins", { title: "set by the gate" }, `${edit.name}: ${safe(edit.value)}`), "\n");
  }
  return box("The origin gets", lines(list), touched.size > 0 && el("p", { class: "hint" }, "Struck out: removed. Underlined: set by the gate."));
}

function audit(decision, safe) {
  const all = [decision.audit, ...decision.shadow].filter(Boolean);
  if (all.length === 0) return box("The audit line", el("p", {}, "none: only decisions of rules are written."));
  return box(all.length === 1 ? "The audit line" : "The audit lines", all.map((line) =>
    lines(Object.entries(JSON.parse(line)).map(([name, value]) =>
      [el("span", { class: "field" }, name), ` ${safe(typeof value === "string" ? value : JSON.stringify(value))}\n`]))));
}
