// The same, and what the gate changes.

import { edited, kept } from "./edits.mjs";
import { guarded } from "./hono.mjs";

export default guarded(async (request) => kept(await fetch(edited(request))));
