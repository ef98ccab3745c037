import { headers } from "next/headers";

import { ran } from "@/lib/ran";

// Shown instead of the item's own page, where a client comes from the shop.
export default async function Modal({ params }) {
  const { id } = await params;
  ran((await headers()).get("x-attack"), "item-modal");
  return <p>guarded {id}</p>;
}
