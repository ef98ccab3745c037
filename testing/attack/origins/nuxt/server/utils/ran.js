// How a guarded handler says that it ran: a line with the request's own id, in a file that only this
// run knows. It is written before anything else is done, so no answer can come before it.
import { appendFileSync } from "node:fs";

export function ran(event, handler) {
  appendFileSync(process.env.ATTACK_RAN, `${getHeader(event, "x-attack") ?? "-"} ${handler}\n`);
}
