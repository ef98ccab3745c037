import { command, form, getRequestEvent, query } from "$app/server";

import { ran } from "$lib/server/ran.js";

export const list = query(async () => {
  ran(getRequestEvent().request, "remote-query");
  return "guarded";
});

export const stop = command("unchecked", async () => {
  ran(getRequestEvent().request, "remote-command");
  return "guarded";
});

export const save = form("unchecked", async () => {
  ran(getRequestEvent().request, "remote-form");
  return "guarded";
});
