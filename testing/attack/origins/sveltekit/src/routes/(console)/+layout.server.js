import { ran } from "$lib/server/ran.js";

export function load({ request }) {
  ran(request, "console-layout");
  return { guarded: "layout" };
}
