import { createHash, timingSafeEqual } from "node:crypto";

// The app's own check, the second line: its key, as it was before there was a gate, or the gate's
// proof that it let the request in. A caller with a signed token has no key; the gate takes the
// proof off whatever comes from outside. Like the gate it takes the next key beside the present one.
export function mayRefresh(headers) {
  const { INTERNAL_API_KEY, INTERNAL_API_KEY_NEXT, GATE_PROOF } = process.env;
  const pairs = [
    [headers["x-internal-api-key"], INTERNAL_API_KEY],
    [headers["x-internal-api-key"], INTERNAL_API_KEY_NEXT],
    [headers["x-gate-proof"], GATE_PROOF],
  ];
  return pairs
    .filter(([, expected]) => expected)
    .map(([offered, expected]) => timingSafeEqual(digest(offered ?? ""), digest(expected)))
    .includes(true);
}

function digest(text) {
  return createHash("sha256").update(text).digest();
}
