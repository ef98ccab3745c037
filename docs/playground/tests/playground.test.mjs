// The playground in a real browser. SITE is the folder of the built site.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { start } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let chromium;
before(async () => { chromium = await start(process.env.SITE); });
after(async () => { await chromium.close(); });

// The word of the decision, once it is this.
const decided = (page, word) => page.waitForFunction((word) => document.querySelector(".verdict .word")?.textContent === word, word);
const policyText = (page) => page.evaluate(() => [...document.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\n"));

// Replaces the first `from` in the editor, as somebody does who selects it and types.
async function edit(page, from, to) {
  await page.focus(".cm-content");
  await page.evaluate((from) => {
    const line = [...document.querySelectorAll(".cm-line")].find(({ textContent }) => textContent.includes(from));
    const place = (offset) => {
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        if (offset <= walker.currentNode.length) return [walker.currentNode, offset];
        offset -= walker.currentNode.length;
      }
    };
    const start = line.textContent.indexOf(from);
    getSelection().setBaseAndExtent(...place(start), ...place(start + from.length));
  }, from);
  await page.evaluate(() => new Promise(requestAnimationFrame));
  await (to === "" ? page.keyboard.press("Backspace") : page.keyboard.insertText(to));
}

test("it paints within a second, decides, and sends nothing away", async () => {
  const { page, away, problems } = await chromium.open();
  const [paint] = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint").map((entry) => entry.startTime));
  assert.ok(paint < 1000, `the first paint took ${paint} ms`);
  await decided(page, "Denied");
  assert.match(await page.textContent("#told"), /credential_missing/);
  await page.click("#secrets button");
  await decided(page, "Allowed");
  const origin = await page.textContent(".ends .box:last-child");
  assert.match(origin, /x-caller: cron/);
  assert.ok(!/[0-9a-f]{64}/.test(await page.textContent("body")), "a secret is shown");
  for (const option of await page.$$eval("#example option", (options) => options.map(({ value }) => value))) {
    await page.selectOption("#example", option);
    await page.waitForFunction(() => document.getElementById("state").textContent === "valid");
    assert.ok(await page.$(".verdict"), `example ${option} decides nothing`);
  }
  assert.deepEqual([away, problems], [[], []]);
});

test("an edit shows a fault at its line", async () => {
  const { page } = await chromium.open();
  await edit(page, '"/internal/*"', '"internal/*"');
  await page.waitForSelector("#faults li");
  const line = (await policyText(page)).split("\n").findIndex((text) => text.includes('"internal/*"')) + 1;
  const fault = await page.textContent("#faults li");
  assert.match(fault, new RegExp(`^line ${line} rules\\[0\\]\\.paths\\[0\\]: found .*expected`));
  const marked = await page.textContent(".cm-lintRange-error");
  assert.equal(marked, '"internal/*"');
  assert.equal(await page.textContent("#state"), "1 fault");
  assert.equal(await page.$(".verdict"), null);
  await page.click("#faults button");
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains("cm-content")), "the button leads into the editor");
  await edit(page, '"internal/*"', '"/internal/*"');
  await decided(page, "Denied");
});

test("text that is no JSON has its fault where it breaks", async () => {
  const { page } = await chromium.open();
  await edit(page, '"name": "my-app",', '"name": my-app,');
  await page.waitForSelector("#faults li");
  assert.match(await page.textContent("#faults li"), /^line 3 .*text that is not json at line 3/);
});

test("the schema completes members and values", async () => {
  const { page } = await chromium.open();
  await edit(page, '"unmatched": "pass"', '"unmatched": ');
  await page.keyboard.press("Control+Space");
  await page.waitForSelector(".cm-tooltip-autocomplete");
  const values = await page.$$eval(".cm-tooltip-autocomplete li", (items) => items.map((item) => item.textContent));
  assert.ok(values.some((value) => value.includes('"deny"')) && values.some((value) => value.includes('"pass"')), values.join());
  await page.keyboard.press("Escape");
  await edit(page, '"unmatched": ', "");
  await page.keyboard.type('"abu');
  await page.waitForSelector(".cm-tooltip-autocomplete li");
  assert.match(await page.textContent(".cm-tooltip-autocomplete li"), /^abuse/);
  await page.click(".cm-tooltip-autocomplete li");
  assert.match(await policyText(page), /^ {2}"abuse": \{\},$/m);
});

test("a link restores all of it", async () => {
  const { page } = await chromium.open();
  await edit(page, '"my-app"', '"someone-elses"');
  await page.fill("#target", "/x/..;/internal/run");
  await page.fill("#headers", "x-internal-token: $INTERNAL_JOB_TOKEN\nx-other: ä");
  await page.evaluate(() => { document.querySelector("details").open = true; });
  await page.fill("#peer", "203.0.113.9");
  await page.fill("#now", "2026-11-23T12:00:00Z");
  const all = ["path_ambiguous", "203.0.113.9", "@timestamp 2026-11-23T12:00:00", "rule.ruleset someone-elses"];
  const tells = (page) => page.waitForFunction((all) => all.every((one) => document.getElementById("told").textContent.includes(one)), all);
  await tells(page);
  await page.click("#copy");
  await page.waitForFunction(() => document.getElementById("copy").textContent !== "Copy link");
  const [link, told] = [await page.evaluate(() => location.hash), await page.textContent("#told")];
  const other = (await chromium.open(link)).page;
  await tells(other);
  assert.equal(await other.textContent("#told"), told);
  assert.equal(await policyText(other), await policyText(page));
  for (const field of ["method", "target", "headers", "authority", "peer", "now", "kind"]) {
    assert.equal(await other.inputValue(`#${field}`), await page.inputValue(`#${field}`), field);
  }
  const broken = (await chromium.open("#1broken")).page;
  await decided(broken, "Denied");
});

test("a line for curl is read as curl would", async () => {
  const { page } = await chromium.open();
  await page.click("#tab-curl");
  await page.fill("#curl", 'curl -X POST -H "X-Internal-Token: $INTERNAL_JOB_TOKEN" https://app.example/a/../internal/run | jq .');
  await decided(page, "Allowed");
  assert.equal(await page.inputValue("#target"), "/internal/run");
  assert.match(await page.textContent("#curl-notes"), /left out.*jq/);
  await page.fill("#curl", "curl -K options.txt https://app.example/");
  await page.waitForFunction(() => /reads options of a file/.test(document.getElementById("curl-notes").textContent));
});

test("an audit line of the page's own log is decided the same", async () => {
  const { page } = await chromium.open();
  await decided(page, "Denied");
  await page.click("#tab-audit");
  const line = { "@timestamp": "2026-11-23T10:37:30.008Z", "event.action": "wicketgate.decision", "wicketgate.decision": "deny", "error.type": "credential_missing", "http.request.method": "POST", "url.path": "/internal/run", "server.address": "shop.example", "network.peer.address": "203.0.113.7" };
  await page.fill("#audit", JSON.stringify({ msg: `wasm log wicketgate: ${JSON.stringify(line)}` }));
  await page.waitForSelector(".compare.same");
  assert.equal(await page.inputValue("#peer"), "203.0.113.7");
  await page.fill("#audit", JSON.stringify({ ...line, "wicketgate.decision": "allow", "error.type": undefined }));
  await page.waitForSelector(".compare.other");
  await page.fill("#audit", "no line");
  await page.waitForFunction(() => /no audit line/.test(document.getElementById("audit-notes").textContent));
});

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
    test(`nothing serious for axe: ${colorScheme}, ${viewport.width} wide`, async () => {
      const { page } = await chromium.open("", { colorScheme, viewport });
      await page.evaluate(axe);
      const look = async (what) => {
        const found = await page.evaluate(async () => (await globalThis.axe.run()).violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map(({ target }) => target.join(" ")) })));
        const grave = found.filter(({ impact }) => ["serious", "critical"].includes(impact));
        assert.deepEqual(grave, [], what);
      };
      await decided(page, "Denied");
      await look("denied");
      await page.click("#secrets button");
      await decided(page, "Allowed");
      await look("allowed");
      await page.fill("#target", "/wiki/Main_Page");
      await decided(page, "Passed");
      await look("passed");
      await page.click("#tab-curl");
      await page.fill("#curl", "curl 'h");
      await look("curl");
      await edit(page, '"/internal/*"', '"internal/*"');
      await page.waitForSelector("#faults li");
      await look("faults");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `it scrolls sideways by ${wide} px`);
    });
  }
}

test("all of it is there for a keyboard", async () => {
  const { page } = await chromium.open();
  await decided(page, "Denied");
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName);
  const seen = [];
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press("Tab");
    const at = await focused();
    seen.push(at);
    if (at.includes("cm-content")) await page.keyboard.press("Escape");
    if (at === "target") break;
  }
  const order = ["skip", "example", "copy", "theme", "cm-content", "tab-fields", "case", "method", "target"];
  const places = order.map((name) => seen.findIndex((at) => at.includes(name)));
  assert.ok(places.every((place, at) => place >= 0 && (at === 0 || place > places[at - 1])), `${order} in ${seen}`);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("/wiki");
  await decided(page, "Passed");
  await page.waitForFunction(() => document.getElementById("announce").textContent === "Passed: no rule guards it");
  await page.focus("#tab-fields");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "tab-curl");
  assert.ok(await page.isVisible("#panel-curl") && !(await page.isVisible("#panel-fields")));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "curl");
});

test("the pages around it are searched, and load nothing from elsewhere", async () => {
  const page = await (await chromium.browser.newContext()).newPage();
  const away = [];
  page.on("request", (request) => { if (!request.url().startsWith(`${chromium.origin}/`)) away.push(request.url()); });
  await page.goto(`${chromium.origin}/index.html`);
  await page.click("#mdbook-search-toggle");
  await page.focus("#mdbook-searchbar");
  await page.keyboard.type("credential_wrong_scheme");
  await page.waitForFunction(() => /reasons\.html/.test([...document.querySelectorAll("#mdbook-searchresults a")].map(({ href }) => href).join()));
  await page.goto(`${chromium.origin}/playground.html`);
  await page.click("text=Open the playground");
  await page.waitForSelector(".verdict");
  assert.deepEqual(away.filter((url) => !url.startsWith("data:")), []);
});

test("the colours can be chosen, and are kept", async () => {
  const { page } = await chromium.open("", { colorScheme: "light" });
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.click("#theme");
  await page.click("#theme");
  assert.equal(await page.getAttribute("#theme", "aria-label"), "Colours: Dark");
  assert.notEqual(await paper(), light);
  await page.reload();
  assert.equal(await page.textContent("#theme"), "Dark");
});
