import { headers } from "next/headers";

import { ran } from "@/lib/ran";

export default async function Modal() {
  ran((await headers()).get("x-attack"), "item-modal-up-twice");
  return <p>guarded</p>;
}
