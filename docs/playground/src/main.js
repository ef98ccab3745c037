// The page: what is typed is kept as one state, and each change of it is decided anew.

import examples from "virtual:examples";
import { editor, goTo, replace, showFaults } from "./editor.js";
import { el } from "./dom.js";
import { pack, unpack } from "./link.js";
import { members } from "./place.js";
import { asked, EMPTY, findLine, fromAudit, fromCurl, instant } from "./request.js";
import { madeUp } from "./secrets.js";
import { show, verdict } from "./show.js";
import "./theme.js";

const $ = (id) => document.getElementById(id);
const FIELDS = ["method", "target", "headers", "authority", "peer", "kind", "now"];
const TABS = ["fields", "curl", "audit"];

let core = null;
let tab = "fields";
let basic = null;
let compare = null;
const view = editor($("editor"), () => later());

// === state

const state = () => ({ policy: view.state.doc.toString(), tab, curl: $("curl").value, audit: $("audit").value, request: fields() });
const fields = () => Object.fromEntries(FIELDS.map((name) => [name, $(name).value]));
const fillFields = (request) => FIELDS.forEach((name) => { $(name).value = request[name] ?? EMPTY[name]; });

function restore(kept) {
  replace(view, kept.policy);
  fillFields({ ...EMPTY, ...kept.request });
  $("curl").value = kept.curl ?? "";
  $("audit").value = kept.audit ?? "";
  select(TABS.includes(kept.tab) ? kept.tab : "fields");
  now();
}

// === deciding

let timer = 0;
function later() {
  clearTimeout(timer);
  timer = setTimeout(now, 120);
}

function now() {
  clearTimeout(timer);
  remember();
  if (!core) return;
  const text = view.state.doc.toString();
  let document_ = null;
  try { document_ = JSON.parse(text); } catch { /* the core says where */ }
  let variables = {};
  try { variables = madeUp(core.needs(text), document_); } catch { /* the same */ }
  const environment = { host: $("kind").value, variables };
  const faults = core.check(text, environment);
  tellFaults(showFaults(view, faults));
  chips(variables, document_);
  if (faults.length > 0) return tell([el("p", { class: "hint" }, "The policy has faults. A host would refuse it and keep the one before; nothing is decided here.")], "The policy has faults.");
  const policy = new core.Policy(text, environment);
  try {
    const request = asked(fields(), variables, basic);
    const told = policy.explain(request, instant(fields()));
    const networks = members(view.state, "networks");
    const hosts = document_.rules.some((rule) => rule.hosts);
    tell(show(told, { request, variables, compare, networks, hosts }), verdict(told));
  } catch (error) {
    tell([el("p", { class: "problem" }, error.message)], error.message);
  } finally {
    policy.free();
  }
}

let announced = 0;
function tell(content, summary) {
  $("told").replaceChildren(...content);
  clearTimeout(announced);
  announced = setTimeout(() => { if ($("announce").textContent !== summary) $("announce").textContent = summary; }, 500);
}

function tellFaults(faults) {
  const count = faults.length;
  $("state").textContent = count === 0 ? "valid" : count === 1 ? "1 fault" : `${count} faults`;
  $("state").className = `state ${count === 0 ? "good" : "bad"}`;
  $("faults").hidden = count === 0;
  $("faults").replaceChildren(...faults.map((fault) => el("li", {},
    el("button", { type: "button", onclick: () => goTo(view, fault.from) }, `line ${fault.line}`), " ", fault.message)));
}

// A button for each secret, which adds the header that carries it.
let chipsOf = "";
function chips(variables, policy) {
  const found = [];
  for (const [caller, of] of Object.entries(policy?.callers ?? {})) {
    const token = of?.token;
    const key = token?.keys?.find((one) => typeof one?.env === "string" && one.revoked !== true);
    if (!key || !(key.env in variables)) continue;
    const header = token.header ?? (token.bearer ? "authorization" : null);
    if (typeof header !== "string") continue;
    const scheme = token.scheme ? `${token.scheme} ` : header.toLowerCase() === "authorization" ? "Bearer " : "";
    found.push([caller, `${header}: ${scheme}$${key.env}`]);
  }
  const same = JSON.stringify(found);
  if (same === chipsOf) return;
  chipsOf = same;
  $("secrets").replaceChildren(found.length > 0 ? "Send the token of" : "", ...found.map(([caller, line]) =>
    el("button", { type: "button", title: line, onclick: () => addHeader(line) }, caller)));
}

function addHeader(line) {
  const name = line.split(":")[0].toLowerCase();
  const others = $("headers").value.split("\n").filter((other) => other.trim() !== "" && other.split(":")[0].trim().toLowerCase() !== name);
  $("headers").value = [...others, line].join("\n");
  $("case").value = "";
  now();
}

// === how the request is given

function select(name, focus = false) {
  tab = name;
  for (const other of TABS) {
    const is = other === name;
    $(`tab-${other}`).setAttribute("aria-selected", is);
    $(`tab-${other}`).tabIndex = is ? 0 : -1;
    $(`panel-${other}`).hidden = !is;
  }
  if (focus) $(`tab-${name}`).focus();
  read();
}

// Takes over what stands in the open panel.
function read() {
  basic = null;
  compare = null;
  if (!core) return;
  if (tab === "curl") readCurl();
  if (tab === "audit") readAudit();
}

function readCurl() {
  const line = $("curl").value.trim();
  if (line === "") return note("curl", []);
  try {
    const made = core.readCurl(line);
    fillFields(fromCurl(made, fields()));
    basic = made.basic;
    note("curl", made.notes);
  } catch (error) {
    note("curl", [error.message]);
  }
}

function readAudit() {
  const text = $("audit").value.trim();
  if (text === "") return note("audit", []);
  const line = findLine(text);
  if (!line) return note("audit", ["no audit line: expected JSON with `wicketgate.decision`"]);
  fillFields(fromAudit(line, { ...fields(), headers: "" }));
  compare = line;
  note("audit", ["The line tells neither the query nor the headers: they are taken for empty."]);
}

const note = (name, notes) => $(`${name}-notes`).replaceChildren(...notes.map((text) => el("p", {}, text)));

// === examples and links

function fillExamples() {
  $("example").replaceChildren(...examples.map(({ title }, at) => el("option", { value: at }, title)));
}

function cases(example) {
  $("case").replaceChildren(el("option", { value: "" }, `${example.cases.length} requests …`), ...example.cases.map(({ title }, at) => el("option", { value: at }, title)));
}

function open(at, of = 0) {
  const example = examples[at];
  $("example").value = at;
  cases(example);
  $("case").value = example.cases[of] ? of : "";
  restore({ policy: example.policy, request: example.cases[of]?.request ?? EMPTY, tab: "fields" });
}

let remembering = 0;
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(async () => history.replaceState(null, "", await pack(state())), 400);
}

async function fromLink() {
  const kept = await unpack(location.hash);
  if (!kept) return false;
  const at = examples.findIndex(({ policy }) => policy === kept.policy);
  if (at >= 0) cases(examples[at]);
  $("example").value = at >= 0 ? at : "";
  restore(kept);
  return true;
}

async function copy() {
  const link = new URL(await pack(state()), location.href).href;
  history.replaceState(null, "", link);
  const told = await navigator.clipboard.writeText(link).then(() => "Copied", () => "It is in the address bar");
  $("copy").textContent = told;
  setTimeout(() => { $("copy").textContent = "Copy link"; }, 2000);
}

// === beginning

// What is typed is none of the example's requests any more.
const typed = () => { $("case").value = ""; later(); };
for (const name of FIELDS) $(name).addEventListener("input", () => { compare = null; typed(); });
for (const name of ["curl", "audit"]) $(name).addEventListener("input", () => { read(); typed(); });
$("example").addEventListener("change", () => open(Number($("example").value)));
$("case").addEventListener("change", () => {
  const one = examples[Number($("example").value)]?.cases[Number($("case").value)];
  if ($("case").value === "" || !one) return;
  fillFields({ ...EMPTY, ...one.request });
  select("fields");
  now();
});
$("copy").addEventListener("click", copy);
for (const name of TABS) {
  $(`tab-${name}`).addEventListener("click", () => { select(name); now(); });
  $(`tab-${name}`).addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    select(TABS[(TABS.indexOf(name) + move + TABS.length) % TABS.length], true);
    now();
  });
}
addEventListener("hashchange", fromLink);

fillExamples();
if (!(await fromLink())) open(0);
try {
  core = await import("./wicketgate-policy/browser.js");
} catch (error) {
  $("state").textContent = "the core did not load";
  tell([el("p", { class: "problem" }, `The core did not load: ${error.message}`)], "The core did not load.");
}
read();
now();
document.documentElement.dataset.ready = "";
