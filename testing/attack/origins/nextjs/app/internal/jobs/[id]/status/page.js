import { headers } from "next/headers";

import { ran } from "@/lib/ran";

export default async function Status({ params }) {
  const { id } = await params;
  ran((await headers()).get("x-attack"), "job");
  return <p>guarded {id}</p>;
}
