// Fastify, as by default or lax: node fastify.js <strict|lax> <port>
import Fastify from "fastify";

import { ran } from "./ran.js";

const [mode, port] = process.argv.slice(2);
const lax = mode === "lax";
const app = Fastify({
  routerOptions: {
    ignoreDuplicateSlashes: lax,
    ignoreTrailingSlash: lax,
    caseSensitive: !lax,
    useSemicolonDelimiter: lax,
  },
});

const guarded = (name) => async (request) => {
  ran(request, name);
  return "guarded";
};
const open = async () => "public";

app.all("/internal", guarded("root"));
app.all("/internal/secret", guarded("secret"));
app.all("/internal/run", guarded("run"));
app.all("/internal/jobs/:id/status", guarded("job"));
app.all("/internal/files/*", guarded("files"));
app.all("/api/dashboard/latest-runs", guarded("latest-runs"));
app.all("/balance/admin", guarded("balance-admin"));
app.all("/balance/:id", guarded("balance"));
app.all("/tasks/kiosk-1_a", guarded("task"));
app.all("/account", guarded("account"));
app.register(
  async (mounted) => {
    mounted.all("/internal/secret", guarded("mounted-secret"));
    mounted.all("/balance/:id", guarded("mounted-balance"));
  },
  { prefix: "/v1" },
);
for (const path of ["/", "/pub", "/items/:id", "/objects/*"]) {
  app.all(path, open);
}
await app.listen({ port: Number(port), host: "127.0.0.1" });
