import { headers } from "next/headers";

import { ran } from "@/lib/ran";
import { close } from "./actions";

export default async function Board() {
  ran((await headers()).get("x-attack"), "board");
  return (
    <form action={close}>
      <button>close</button>
    </form>
  );
}
