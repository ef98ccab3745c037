import { index, layout, prefix, route } from "@react-router/dev/routes";

export default [
  layout("routes/shell.jsx", [
    index("routes/home.jsx"),
    route("account", "routes/account.jsx", [
      index("routes/account-index.jsx"),
      route("settings", "routes/account-settings.jsx"),
    ]),
    route("tasks/:id", "routes/tasks.jsx"),
    route("balance/admin", "routes/balance-admin.jsx"),
    route("balance/:id", "routes/balance.jsx"),
  ]),
  ...prefix("internal", [
    route("secret", "routes/secret.jsx"),
    route("run", "routes/run.js"),
    route("jobs/:id/status", "routes/job.jsx"),
    route("files/*", "routes/files.js"),
  ]),
  route("api/dashboard/latest-runs", "routes/latest-runs.js"),
  route("pub", "routes/pub.js"),
  route("items/:id", "routes/items.jsx"),
  route("objects/*", "routes/objects.js"),
];
