// Completion from the policy's schema: the members that fit at a place, and the values that a
// member may have.

import { syntaxTree } from "@codemirror/language";
import schema from "virtual:schema";
import { text } from "./place.js";

// The steps from the document to a node: names of members, `null` for an item of an array.
function steps(state, node) {
  const path = [];
  for (let at = node; at.parent; at = at.parent) {
    if (at.name === "Property") {
      const label = at.getChild("PropertyName");
      if (label) path.unshift(text(state, label));
    } else if (at.parent.name === "Array") {
      path.unshift(null);
    }
  }
  return path;
}

const choices = (one) => one.anyOf ? one.anyOf.flatMap(choices) : [one];

// Every schema that a value at this path may be of.
function schemas(path) {
  let now = choices(schema);
  for (const step of path) {
    now = now.flatMap((one) => {
      if (step === null) return one.items ? choices(one.items) : [];
      const next = one.properties?.[step] ?? one.additionalProperties;
      return next && typeof next === "object" ? choices(next) : [];
    });
  }
  return now;
}

const summary = (one) => (one.description ?? "").split(/[.;:\n]/)[0];

function info(one) {
  if (!one.description) return undefined;
  return () => {
    const box = document.createElement("div");
    box.textContent = one.description;
    return box;
  };
}

// What is written for a new member's value: brackets where it must be an object or an array.
function begin(one) {
  const kinds = new Set(choices(one).map((choice) => choice.type));
  if (kinds.size !== 1) return "";
  return { object: "{}", array: "[]", string: '""' }[[...kinds][0]] ?? "";
}

function memberOptions(state, object, path, hasValue) {
  const there = new Set(object.getChildren("Property").map((property) => {
    const label = property.getChild("PropertyName");
    return label ? text(state, label) : "";
  }));
  const known = new Map();
  for (const one of schemas(path)) {
    for (const [name, of] of Object.entries(one.properties ?? {})) known.set(name, of);
  }
  return [...known].filter(([name]) => !there.has(name)).map(([name, of]) => ({
    // As it is typed, quote first.
    label: JSON.stringify(name),
    displayLabel: name,
    type: "property",
    detail: summary(of).length <= 60 ? summary(of) : undefined,
    info: info(of),
    apply(view, _completion, from, to) {
      const value = hasValue ? "" : `: ${begin(of)}`;
      const insert = JSON.stringify(name) + value;
      const inside = value && /["\]}]$/.test(value) ? 1 : 0;
      view.dispatch({
        changes: { from, to, insert },
        selection: { anchor: from + insert.length - inside },
        userEvent: "input.complete",
      });
    },
  }));
}

function valueOptions(path) {
  const values = new Map();
  for (const one of schemas(path)) {
    for (const value of one.enum ?? []) values.set(JSON.stringify(value), one);
    if (one.type === "boolean") ["true", "false"].forEach((word) => values.set(word, one));
  }
  return [...values].map(([label, of]) => ({ label, type: "enum", info: info(of) }));
}

// A source of completions for CodeMirror.
export function complete(context) {
  const { state, pos } = context;
  let node = syntaxTree(state).resolveInner(pos, -1);
  const word = context.matchBefore(/"?[\w-]*/);
  const from = ["PropertyName", "String"].includes(node.name) ? node.from : word?.from ?? pos;
  const to = ["PropertyName", "String"].includes(node.name) ? node.to : pos;
  if (!context.explicit && from === pos) return null;
  const options = at(state, node, pos);
  return options?.length ? { from, to, options, filter: true, validFor: /^"?[\w-]*"?$/ } : null;
}

function at(state, node, pos) {
  if (node.name === "PropertyName") {
    const property = node.parent;
    const object = property.parent;
    return memberOptions(state, object, steps(state, object), !/^(PropertyName|⚠)$/.test(property.lastChild.name));
  }
  const around = node.name === "Property" || node.type.isError ? node : node.parent ?? node;
  const before = state.sliceDoc(0, pos).trimEnd();
  for (let up = node; up; up = up.parent) {
    if (up.name === "Property" && up.getChild("PropertyName")?.to < pos) return valueOptions(steps(state, up));
    if (up.name === "Array") return valueOptions([...steps(state, up), null]);
    if (up.name === "Object") {
      // After a colon it is a value that is wanted, though none is there yet.
      if (before.endsWith(":")) {
        const open = up.getChildren("Property").filter((property) => property.from < pos).at(-1);
        if (open) return valueOptions(steps(state, open));
      }
      return memberOptions(state, up, steps(state, up), false);
    }
  }
  return around.name === "JsonText" ? [] : null;
}
