import { headers } from "next/headers";

import { ran } from "@/lib/ran";

export default async function Account() {
  ran((await headers()).get("x-attack"), "account");
  return <p>guarded</p>;
}
