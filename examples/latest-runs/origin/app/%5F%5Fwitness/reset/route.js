import { reset } from "@/lib/store";

// Sets the app back to its start.
export function POST() {
  reset();
  return new Response(null, { status: 204 });
}
