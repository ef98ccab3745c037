import { headers } from "next/headers";

import { entered } from "@/lib/entries";
import { received } from "@/lib/runs";

// Every run of one symbol that ever came in, for operators. A page of the new router: Next.js also
// serves it as a stream of components, below `.rsc`.
export default async function InternalRuns({ params }) {
  const { symbol } = await params;
  entered("internal_runs", { headers: Object.fromEntries(await headers()) });
  return (
    <ul>
      {received(symbol).map((run) => (
        <li key={run.id}>
          {run.id}: {run.status}
        </li>
      ))}
    </ul>
  );
}
