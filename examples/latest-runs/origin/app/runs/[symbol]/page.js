import { headers } from "next/headers";
import { notFound } from "next/navigation";

import { entered } from "@/lib/entries";
import { latest } from "@/lib/runs";

// The public page of one symbol.
export default async function Symbol({ params }) {
  const { symbol } = await params;
  entered("symbol_page", { headers: Object.fromEntries(await headers()) });
  const run = latest(decodeURIComponent(symbol));
  if (run === null) {
    notFound();
  }
  return (
    <p>
      {run.symbol}: {run.status}, {run.score}
    </p>
  );
}
