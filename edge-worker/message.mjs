// Headers as the module reads and writes them: texts, whose parts are separated by line breaks, as
// one text crosses over far faster than its parts. `src/message.rs` says why none of them holds a
// line break, and counts them nevertheless.

// A request: its method, its URL, and the names and values of its headers. Returned with the
// number of parts.
export function requestText(request) {
  return withHeaders(`${request.method}\n${request.url}`, 2, request.headers);
}

// A response: its status, and the names and values of its headers.
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

// Changes: names, each with its value after `=`, or `-` where it is removed. Returned as pairs, of
// which the second is none where the header is removed.
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

// An answer: its status, and the names and values of its headers. Its body is bytes: of a text the
// platform would add a type.
export function answer(text, body) {
  const [status, ...lines] = text.split("\n");
  const headers = new Headers();
  for (let at = 0; at < lines.length; at += 2) headers.append(lines[at], lines[at + 1]);
  return new Response(body, { status: Number(status), headers });
}
