import { headers } from "next/headers";

import { ran } from "@/lib/ran";

export default async function Orders() {
  ran((await headers()).get("x-attack"), "board-orders");
  return <p>guarded</p>;
}
