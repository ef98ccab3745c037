import { ran } from "../../../lib/ran.js";

export function ALL({ request }) {
  ran(request, "latest-runs");
  return new Response("guarded");
}
