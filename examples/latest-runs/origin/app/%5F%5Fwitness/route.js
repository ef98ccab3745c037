import { store } from "@/lib/store";

export const dynamic = "force-dynamic";

// The witness: which handlers ran, what they left behind and the headers that the last one saw. It
// is asked on the app's own port; the gate's policy hides it from everyone.
export function GET() {
  const runs = [...store.latest.values()];
  return Response.json({
    handlers: store.entries,
    state: {
      refreshes: store.refreshes,
      symbols: runs.map((run) => run.symbol).sort(),
      run_ids: runs.map((run) => run.id).sort(),
    },
    last_headers: store.lastHeaders,
  });
}
