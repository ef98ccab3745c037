// How a guarded handler says that it ran: a line with the request's own id, in a file that only this
// run knows. It is written before anything else is done, so no answer can come before it.
import { openSync, writeSync } from "node:fs";

const file = openSync(process.env.ATTACK_RAN, "a");

export function ran(request, handler) {
  writeSync(file, `${request.headers["x-attack"] ?? "-"} ${handler}\n`);
}
