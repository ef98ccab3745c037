import { headers } from "next/headers";

import { ran } from "@/lib/ran";

export default async function Item({ params }) {
  const { id } = await params;
  ran((await headers()).get("x-attack"), "item");
  return <p>guarded {id}</p>;
}
