import { ran } from "$lib/server/ran.js";

function handler({ request }) {
  ran(request, "latest-runs");
  return new Response("guarded");
}

export { handler as GET, handler as POST, handler as PUT, handler as DELETE };
