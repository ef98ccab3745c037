// node:http without a framework, and the ways in which people read a URL there.
import { createServer } from "node:http";
import { parse } from "node:url";

import { ran } from "./ran.js";

// A way that throws has found nothing.
const attempt = (read) => (request) => {
  try {
    return read(request);
  } catch {
    return null;
  }
};
const ways = Object.entries({
  raw: (request) => request.url.split("?")[0],
  whatwg: (request) => new URL(request.url, "http://localhost").pathname,
  legacy: (request) => parse(request.url).pathname,
  decoded: (request) =>
    decodeURIComponent(new URL(request.url, `http://${request.headers.host}`).pathname),
  concatenated: (request) => new URL(`http://${request.headers.host}${request.url}`).pathname,
  // As Remix and Astro did (CVE-2025-31137, CVE-2025-64525).
  forwarded: ({ headers, url }) => {
    const protocol = headers["x-forwarded-proto"] ?? "http";
    const host = headers["x-forwarded-host"] ?? headers.host;
    const port = headers["x-forwarded-port"];
    return new URL(`${protocol}://${host}${port ? `:${port}` : ""}${url}`).pathname;
  },
}).map(([name, read]) => [name, attempt(read)]);

const GUARDED =
  /^(\/v1)?(\/internal(\/.*)?|\/balance\/[^/]+)$|^\/(api\/dashboard\/latest-runs|tasks\/kiosk-1_a|account)$/s;

const server = createServer((request, response) => {
  const found = ways.filter(([, read]) => GUARDED.test(read(request) ?? ""));
  if (found.length > 0) {
    ran(request, found.map(([name]) => name).join("+"));
  }
  response.end(found.length > 0 ? "guarded" : "public");
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2]), "127.0.0.1");
