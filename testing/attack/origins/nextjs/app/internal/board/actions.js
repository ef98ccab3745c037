"use server";

import { headers } from "next/headers";

import { ran } from "@/lib/ran";

export async function close() {
  ran((await headers()).get("x-attack"), "action-close");
}
