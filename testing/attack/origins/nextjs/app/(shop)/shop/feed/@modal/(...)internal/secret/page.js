import { headers } from "next/headers";

import { ran } from "@/lib/ran";

export default async function Modal() {
  ran((await headers()).get("x-attack"), "secret-modal");
  return <p>guarded</p>;
}
