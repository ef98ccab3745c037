// Headers in the form that the module reads and writes: one text, with parts separated by line
// breaks, because one text is handed over far faster than many. `src/message.rs` says why no part
// has a line break, and counts the parts nevertheless.

// The text of a request, and its number of parts: its method, its URL, and the names and values of
// its headers.
export function requestText(request) {
  return withHeaders(`${request.method}\n${request.url}`, 2, request.headers);
}

// The text of a response: its status, and the names and values of its headers.
export function responseText(response) {
  return withHeaders(`${response.status}`, 1, response.headers);
}

function withHeaders(text, parts, headers) {
  headers.forEach((value, name) => {
    text += `\n${name}\n${value}`;
    parts += 2;
  });
  return [text, parts];
}

// Reads changes: names, each with `=` and its value, or with `-` to remove the header. Returns
// pairs; the value of a removed header is undefined.
export function changes(text) {
  if (text === "") return [];
  const lines = text.split("\n");
  const pairs = [];
  for (let at = 0; at < lines.length; at += 2) {
    const value = lines[at + 1];
    pairs.push([lines[at], value[0] === "=" ? value.slice(1) : undefined]);
  }
  return pairs;
}

export function edit(headers, pairs) {
  for (const [name, value] of pairs) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
}

// Reads an answer: its status, and the names and values of its headers. The body is bytes, because
// the platform would add a content type to a text.
export function answer(text, body) {
  const [status, ...lines] = text.split("\n");
  const headers = new Headers();
  for (let at = 0; at < lines.length; at += 2) headers.append(lines[at], lines[at + 1]);
  return new Response(body, { status: Number(status), headers });
}
