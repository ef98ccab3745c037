import { headers } from "next/headers";

import { entered } from "@/lib/entries";

// Behind the app's own middleware.
export default async function Members() {
  entered("members", { headers: Object.fromEntries(await headers()) });
  return <p>Members</p>;
}
