import { ran } from "../../lib/ran.js";

export function ALL({ request }) {
  ran(request, "run");
  return new Response("guarded");
}
