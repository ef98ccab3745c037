// A signed token, checked by jose; its key is imported once.

import { importJWK, jwtVerify } from "jose";

const rules = { issuer: "https://issuer.example", audience: "gate" };
let key;

async function imported({ ALGORITHM, KEYS }) {
  const key = await importJWK(JSON.parse(KEYS).keys[0], ALGORITHM);
  // A secret comes as bytes, which jose would import for every token.
  if (!(key instanceof Uint8Array)) return key;
  return crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname.startsWith("/internal/")) {
      const [, token] = /^Bearer (.+)$/i.exec(request.headers.get("authorization")) ?? [];
      try {
        key ??= await imported(env);
        await jwtVerify(token, key, { ...rules, algorithms: [env.ALGORITHM] });
      } catch {
        return new Response("Forbidden\n", { status: 403 });
      }
    }
    return fetch(request);
  },
};
