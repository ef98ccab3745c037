// Answers vectors with the npm package: a line of JSON with a case in, a line with what the
// package says out. `argv[2]` is the package's folder.

import { createInterface } from "node:readline";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { answerer } from "./answer.mjs";

const answer = answerer(await import(pathToFileURL(join(process.argv[2], "node.js"))));

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${answer(line)}\n`);
}
