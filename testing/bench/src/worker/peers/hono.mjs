// A token and an address, checked by hono's own middleware.

import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { getConnInfo } from "hono/cloudflare-workers";
import { ipRestriction } from "hono/ip-restriction";

export function guarded(pass) {
  let app;
  // Made once, when the token is known.
  const make = (token) => {
    const app = new Hono();
    app.use("/internal/*", ipRestriction(getConnInfo, { allowList: ["127.0.0.0/24"] }));
    app.use("/internal/*", bearerAuth({ token, headerName: "x-internal-token", prefix: "" }));
    app.all("*", (context) => pass(context.req.raw));
    return app;
  };
  return {
    fetch(request, env, context) {
      app ??= make(env.INTERNAL_JOB_TOKEN);
      return app.fetch(request, env, context);
    },
  };
}

export default guarded((request) => fetch(request));
