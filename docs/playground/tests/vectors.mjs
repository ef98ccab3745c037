// Answers vectors with the package that the built site hands out, in Chromium: a line of JSON with a
// case in, a line with what the package says out. `argv[2]` is the site, `argv[3]` the script that
// asks the package, which Node runs too.

import { createInterface } from "node:readline";
import { start } from "./browser.mjs";

const [site, script] = process.argv.slice(2);
const chromium = await start(site, { "/answer.mjs": script });
const { page } = await chromium.open();
await page.evaluate(async () => {
  const { answerer } = await import("/answer.mjs");
  globalThis.answer = answerer(await import("/playground/wicketgate-policy/browser.js"));
});

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await page.evaluate((line) => globalThis.answer(line), line)}\n`);
}
await chromium.close();
