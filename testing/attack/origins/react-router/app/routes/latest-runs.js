import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "latest-runs");
  return new Response("guarded");
}

export function action({ request }) {
  ran(request, "latest-runs-action");
  return new Response("guarded");
}
