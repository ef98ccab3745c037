import { IncomingMessage } from "node:http";

import { store } from "./store";

// Counts an entry into a handler and keeps the headers that it was sent. It comes before every other
// check in the handler: a hole in the gate must not be hidden by the second line behind it.
export function entered(handler, request) {
  store.entries[handler] = (store.entries[handler] ?? 0) + 1;
  store.lastHeaders = headersOf(request);
}

// As they came where that can be had: duplicates kept, nothing filtered by the framework. The new
// router hands out `Headers` only; a request that Next.js makes to itself has no raw headers.
function headersOf(request) {
  if (!(request instanceof IncomingMessage)) {
    return Object.entries(request.headers);
  }
  const pairs = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    pairs.push([request.rawHeaders[i].toLowerCase(), request.rawHeaders[i + 1]]);
  }
  return pairs;
}
