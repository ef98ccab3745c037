import { headers } from "next/headers";

import { ran } from "@/lib/ran";

export default async function Secret() {
  ran((await headers()).get("x-attack"), "secret");
  return <p>guarded</p>;
}
