// Made-up values for the variables of a policy. The same name has the same value, and no host uses
// any of them.

// The public keys of RFC 8037, appendix A.2, and RFC 8410, section 10.1.
const KEYS = '{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"made-up","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}';
const PEM = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

// The environment that `needs` asks for. `document` is the parsed policy.
export function madeUp(needs, document) {
  const variables = {};
  for (const { name, holds } of needs) {
    variables[name] = { environment: "development", keys: KEYS, pem: PEM }[holds] ?? secret(name, document);
  }
  return variables;
}

// A key with `named` has a token with the key's id in it.
function secret(name, document) {
  const callers = Object.values(document?.callers ?? {});
  const keys = callers.flatMap((caller) => caller?.token?.keys ?? []);
  const named = keys.find((key) => key?.env === name && key?.named === true);
  return named ? `wg_${named.id}_${letters(name)}` : letters(name);
}

// 64 hexadecimal digits: xorshift, seeded by the FNV-1a hash of the name.
function letters(name) {
  let seed = 0x811c9dc5;
  for (const letter of name) seed = Math.imul(seed ^ letter.codePointAt(0), 0x01000193) >>> 0;
  let text = "";
  for (let word = 0; word < 8; word++) {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    text += (seed >>> 0).toString(16).padStart(8, "0");
  }
  return text;
}

// `$NAME` and `${NAME}` in a text as the secrets that they stand for.
export function fill(text, variables) {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, one, other) => variables[one ?? other] ?? all);
}

// Secrets in a text as `$NAME`, for the eye.
export function hide(text, variables) {
  for (const [name, value] of Object.entries(variables)) {
    if (value.length >= 16) text = text.replaceAll(value, `$${name}`);
  }
  return text;
}
