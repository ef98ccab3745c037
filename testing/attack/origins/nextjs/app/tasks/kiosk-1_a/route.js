import { ran } from "@/lib/ran";

function handler(request) {
  ran(request.headers.get("x-attack"), "task");
  return new Response("guarded");
}

export { handler as GET, handler as POST, handler as PUT, handler as DELETE, handler as OPTIONS };
