// A real browser with the built site: Chromium, and a server on loopback that hands out files.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".json": "application/json" };

// Starts both. `close` ends both. `others` are files from elsewhere, by their paths on the server.
export async function start(site, others = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    try {
      const body = await readFile(others[path] ?? join(site, path.endsWith("/") ? `${path}index.html` : path));
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? TYPES[".html"] }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_BIN ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
  });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    browser,
    origin,
    // A page of the playground that is ready, and the requests that left its origin.
    async open(hash = "", context = {}) {
      const page = await (await browser.newContext(context)).newPage();
      const away = [];
      const problems = [];
      page.on("request", (request) => {
        if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith("data:")) away.push(request.url());
      });
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => { if (message.type() === "error") problems.push(message.text()); });
      await page.goto(`${origin}/playground/index.html${hash}`);
      await page.waitForFunction(() => "ready" in document.documentElement.dataset);
      return { page, away, problems };
    },
    async close() {
      await browser.close();
      await new Promise((done) => server.close(done));
    },
  };
}
