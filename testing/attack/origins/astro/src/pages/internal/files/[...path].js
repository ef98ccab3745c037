import { ran } from "../../../lib/ran.js";

export function ALL({ request }) {
  ran(request, "files");
  return new Response("guarded");
}
