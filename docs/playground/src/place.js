// Where a fault's JSON path leads in the text, and back: which path the text has at a place.

import { syntaxTree } from "@codemirror/language";

// A member's path, as the core's faults spell it.
export function member(path, name) {
  if (!/^[A-Za-z0-9_-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path ? `${path}.${name}` : name;
}

// Every value of the document by its path: `{ name, value }`, each a range of the text.
export function places(state) {
  const found = new Map();
  const visit = (node, path, name) => {
    if (!found.has(path)) found.set(path, { name, value: { from: node.from, to: node.to } });
    if (node.name === "Object") {
      for (const property of node.getChildren("Property")) {
        const label = property.getChild("PropertyName");
        const value = property.lastChild;
        if (!label || !value || value.name === "PropertyName" || value.type.isError) continue;
        visit(value, member(path, text(state, label)), { from: label.from, to: label.to });
      }
    } else if (node.name === "Array") {
      let index = 0;
      for (let item = node.firstChild; item; item = item.nextSibling) {
        if (/^[[\],]$/.test(item.name) || item.type.isError) continue;
        visit(item, `${path}[${index++}]`, undefined);
      }
    }
  };
  const root = syntaxTree(state).topNode.firstChild;
  if (root) visit(root, "", undefined);
  return found;
}

// The range to mark for a fault: its value, or its name where the value is long, or what should
// have held it.
export function mark(state, all, fault) {
  const line = /at line (\d+), column (\d+)$/.exec(fault.found);
  if (fault.path === "" && line) {
    const at = state.doc.line(Math.min(Math.max(Number(line[1]), 1), state.doc.lines));
    const from = Math.min(at.from + Math.max(Number(line[2]) - 1, 0), at.to);
    return { from: Math.min(from, Math.max(at.to - 1, at.from)), to: at.to };
  }
  let path = fault.path;
  for (;;) {
    const place = all.get(path);
    if (place) return short(state, place, fault.found === "an unknown member");
    if (path === "") return { from: 0, to: Math.min(1, state.doc.length) };
    const end = Math.max(path.lastIndexOf("."), path.lastIndexOf("["));
    path = end < 0 ? "" : path.slice(0, end);
  }
}

function short(state, { name, value }, byName) {
  const content = state.sliceDoc(value.from, value.to);
  if (name && (byName || content.length > 60 || content.includes("\n"))) return name;
  return content.includes("\n") ? { from: value.from, to: value.from + 1 } : value;
}

// The names of the members of one of the document's members, in the order of the text: objects of
// JavaScript put names that are numbers first.
export function members(state, name) {
  const properties = (object) => object?.name === "Object" ? object.getChildren("Property") : [];
  const label = (property) => property.getChild("PropertyName");
  const all = properties(syntaxTree(state).topNode.firstChild).filter(label);
  const found = all.find((property) => text(state, label(property)) === name);
  return properties(found?.lastChild).filter(label).map((property) => text(state, label(property)));
}

// The text of a JSON string in the document.
export function text(state, node) {
  const raw = state.sliceDoc(node.from, node.to);
  try {
    return JSON.parse(raw);
  } catch {
    return raw.replace(/^"|"$/g, "");
  }
}
