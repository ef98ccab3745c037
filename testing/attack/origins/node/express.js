// Express 4 or 5, as by default or strict: node express.js <4|5> <lax|strict> <port>
import { ran } from "./ran.js";

const [version, mode, port] = process.argv.slice(2);
const { default: express } = await import(version === "4" ? "express4" : "express");
const strict = mode === "strict";
const options = { strict, caseSensitive: strict };

const guarded = (name) => (request, response) => {
  ran(request, name);
  response.send("guarded");
};
const open = (request, response) => response.send("public");

const app = express();
app.set("strict routing", strict);
app.set("case sensitive routing", strict);
app.disable("x-powered-by");
app.all("/internal", guarded("root"));
app.all("/internal/secret", guarded("secret"));
app.all("/internal/run", guarded("run"));
app.all("/internal/jobs/:id/status", guarded("job"));
app.all(version === "4" ? "/internal/files/*" : "/internal/files/*rest", guarded("files"));
app.use("/internal/used", guarded("used"));
app.all("/api/dashboard/latest-runs", guarded("latest-runs"));
app.all("/balance/admin", guarded("balance-admin"));
app.all("/balance/:id", guarded("balance"));
app.all("/tasks/kiosk-1_a", guarded("task"));
app.all("/account", guarded("account"));

const mounted = express.Router(options);
mounted.all("/internal/secret", guarded("mounted-secret"));
mounted.all("/balance/:id", guarded("mounted-balance"));
app.use("/v1", mounted);

for (const path of ["/", "/pub", "/items/:id"]) {
  app.all(path, open);
}
app.use((request, response) => response.status(404).send("missing"));
// Without it every malformed request fills the log with a trace.
app.use((error, request, response, next) => response.status(error.status ?? 500).send("error"));
app.listen(Number(port), "127.0.0.1");
