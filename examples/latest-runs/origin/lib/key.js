import { createHash, timingSafeEqual } from "node:crypto";

// The app's own check of the key, as it was before there was a gate: the second line. Like the gate
// it takes the next key beside the present one.
export function keyIsRight(offered) {
  const { INTERNAL_API_KEY, INTERNAL_API_KEY_NEXT } = process.env;
  return [INTERNAL_API_KEY, INTERNAL_API_KEY_NEXT]
    .filter(Boolean)
    .map((key) => timingSafeEqual(digest(offered ?? ""), digest(key)))
    .includes(true);
}

function digest(text) {
  return createHash("sha256").update(text).digest();
}
