// The way to the origin.

// Asks the origin: the binding `ORIGIN` if there is one, or else the route's own.
export function ask(request, { ORIGIN }) {
  if (ORIGIN === undefined) return fetch(request);
  if (typeof ORIGIN === "string") return fetch(elsewhere(ORIGIN, request));
  return ORIGIN.fetch(request);
}

// Makes the request for an origin whose address is not the route's. `fetch` takes such an address
// only as a URL. If the URL would be normalised, the origin is not asked at all.
function elsewhere(base, request) {
  const [, target] = /^[^:]*:\/\/[^/\\?#]*(.*)$/s.exec(request.url);
  const wanted = base.replace(/\/+$/, "") + target;
  const moved = new Request(wanted, request);
  if (moved.url === wanted) return moved;
  throw new Error(
    "`ORIGIN` would be asked for another target than the one that was judged: bind a service to " +
      "it instead of a URL",
  );
}
