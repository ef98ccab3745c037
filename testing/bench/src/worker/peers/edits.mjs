// The gate's changes: the origin gets the caller in place of the token, and no shared cache keeps
// the answer.

export function edited(request) {
  const headers = new Headers(request.headers);
  headers.delete("x-internal-token");
  headers.set("x-caller", "cron");
  return new Request(request, { headers, redirect: "manual" });
}

export function kept(answer) {
  const response = new Response(answer.body, answer);
  response.headers.set("cache-control", "private, no-store");
  return response;
}
