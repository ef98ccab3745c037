// The same, and what the gate changes.

import { edited, kept } from "./edits.mjs";
import { mayPass } from "./javascript.mjs";

export default {
  async fetch(request, env) {
    if (!mayPass(request, env)) return new Response("Forbidden\n", { status: 403 });
    return kept(await fetch(edited(request)));
  },
};
