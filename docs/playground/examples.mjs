// What the playground offers to begin with: the README's policy, the spellings, and the examples of
// the project with rows of their tables.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

export function examples(checkout) {
  const folder = join(checkout, "examples");
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "requests.json"))).sort();
  return [first(checkout), spellings(), ...names.map((name) => system(join(folder, name), name))];
}

// The first policy of the README, and the requests that it shows.
function first(checkout) {
  const readme = readFileSync(join(checkout, "README.md"), "utf8");
  const policy = /```json policy\n([^]*?)```/.exec(readme)[1];
  const run = { method: "POST", target: "/internal/run" };
  return {
    title: "A first policy",
    policy,
    cases: [
      { title: "without the token", request: run },
      { title: "with the token", request: { ...run, headers: "x-internal-token: $INTERNAL_JOB_TOKEN" } },
      { title: "a wrong token", request: { ...run, headers: "x-internal-token: guessed" } },
      { title: "a method that nobody may use", request: { ...run, method: "GET" } },
      { title: "round a prefix rule", request: { ...run, target: "/x/..;/internal/run", headers: "x-internal-token: $INTERNAL_JOB_TOKEN" } },
      { title: "a page that nothing guards", request: { method: "GET", target: "/wiki/%E6%9D%B1%E4%BA%AC" } },
    ],
  };
}

function spellings() {
  const { rows } = JSON.parse(readFileSync(join(here, "spellings.json"), "utf8"));
  return {
    title: "Spellings that walk past a prefix rule",
    policy: readFileSync(join(here, "spellings.policy.json"), "utf8"),
    cases: rows.map(({ method = "GET", target, headers = [], ran }) => ({
      title: `${[target, ...headers].join(" · ")} — ran at ${ran.replaceAll("`", "")}`,
      request: { method, target, headers: headers.join("\n") },
    })),
  };
}

// A folder of `examples/`.
function system(folder, name) {
  const { rows } = JSON.parse(readFileSync(join(folder, "requests.json"), "utf8"));
  const asText = (text) => text.replace(/\{\{(\w+)\}\}/g, "$$$1");
  // Tokens are signed, and long texts made, when a table is run.
  const usable = rows.filter((row) => !/\{\{(repeat|token):/.test(JSON.stringify(row.request)));
  return {
    title: name,
    policy: readFileSync(join(folder, "policy.json"), "utf8"),
    cases: usable.slice(0, 24).map(({ name: title, request }) => ({
      title,
      request: {
        method: request.method,
        target: asText(request.target),
        headers: (request.headers ?? []).map(([name, value]) => `${name}: ${asText(value)}`).join("\n"),
        ...(request.host ? { authority: asText(request.host) } : {}),
        ...(request.from ? { peer: request.from } : {}),
      },
    })),
  };
}
