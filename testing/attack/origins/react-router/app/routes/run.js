import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "run");
  return new Response("guarded");
}

export function action({ request }) {
  ran(request, "run-action");
  return new Response("guarded");
}
