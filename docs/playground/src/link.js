// The whole state in the fragment of a link, which browsers send to nobody.

// More than any policy that a host takes; a longer text is refused before it fills the memory.
const MOST = 512 * 1024;

// The state as a fragment: JSON, deflated, in base64url.
export async function pack(state) {
  const stream = new Blob([JSON.stringify(state)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `#1${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

// The state of a fragment, or `null` if it holds none.
export async function unpack(fragment) {
  if (!fragment.startsWith("#1")) return null;
  try {
    const text = atob(fragment.slice(2).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const parts = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > MOST) {
        await reader.cancel();
        return null;
      }
      parts.push(value);
    }
    const state = JSON.parse(await new Blob(parts).text());
    return typeof state?.policy === "string" && typeof state?.request === "object" ? state : null;
  } catch {
    return null;
  }
}
