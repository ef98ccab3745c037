// The request as people give it, and as the core takes it.

import { fill } from "./secrets.js";

export const EMPTY = { method: "GET", target: "/", headers: "", authority: "app.example", peer: "127.0.0.1", kind: "envoy", now: "" };

// Text as the bytes of its UTF-8, a character for each.
const bytes = (text) => String.fromCharCode(...new TextEncoder().encode(text));

// The core's request. Throws a message for people.
export function asked(fields, variables, basic) {
  const headers = [];
  for (const line of fields.headers.split("\n")) {
    if (line.trim() === "") continue;
    const colon = line.indexOf(":", 1);
    if (colon < 0) throw new Error(`a header line without \`:\`: ${line}`);
    headers.push([bytes(line.slice(0, colon).trim().toLowerCase()), bytes(fill(line.slice(colon + 1).trim(), variables))]);
  }
  if (basic) headers.push(["authorization", `Basic ${btoa(bytes(fill(basic, variables)))}`]);
  return {
    method: bytes(fields.method),
    target: fields.target === "" ? null : bytes(escapes(fields.target)),
    scheme: "http",
    authority: fields.authority === "" ? null : bytes(fields.authority),
    headers,
    peer: fields.peer === "" ? null : bytes(fields.peer),
  };
}

// `\t` and `\n` can't be typed into a field.
const escapes = (target) => target.replace(/\\t/g, "\t").replace(/\\n/g, "\n");

// The time of the request in milliseconds.
export function instant(fields) {
  if (fields.now.trim() === "") return Date.now();
  const millis = Date.parse(fields.now);
  if (Number.isNaN(millis)) throw new Error(`no time: \`${fields.now}\`; write 2026-11-23T12:00:00Z`);
  return millis;
}

// Fields from a request that a line for curl makes.
export function fromCurl(read, fields) {
  const headers = read.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  return { ...fields, method: read.method, target: read.target ?? "", authority: read.authority ?? "", headers };
}

// An audit line in a text, which may stand in another line of JSON or after a log's own words.
export function findLine(text) {
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at + 1)) {
    for (let end = text.lastIndexOf("}"); end > at; end = text.lastIndexOf("}", end - 1)) {
      let value;
      try {
        value = JSON.parse(text.slice(at, end + 1));
      } catch {
        continue;
      }
      if (value?.["event.action"] === "wicketgate.decision" || value?.["wicketgate.decision"]) return value;
      for (const inner of Object.values(value ?? {})) {
        const found = typeof inner === "string" && inner.includes("{") ? findLine(inner) : null;
        if (found) return found;
      }
      break;
    }
  }
  return null;
}

// Fields from an audit line, and what it does not say.
export function fromAudit(line, fields) {
  const said = {
    method: line["http.request.method"],
    target: line["url.path"],
    authority: line["server.address"],
    peer: line["network.peer.address"] ?? line["client.address"],
    now: line["@timestamp"],
    kind: line["wicketgate.host"],
  };
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => typeof value === "string"));
  return { ...fields, ...given };
}
