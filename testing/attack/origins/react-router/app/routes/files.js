import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "files");
  return new Response("guarded");
}

export function action({ request }) {
  ran(request, "files-action");
  return new Response("guarded");
}
