import { NextResponse } from "next/server";

// The app's middleware: one more way to a guarded page, which the policy names.
export function proxy(request) {
  const { pathname } = request.nextUrl;
  if (pathname.startsWith("/alias/")) {
    return NextResponse.rewrite(new URL(`/balance/${pathname.slice(7)}`, request.url));
  }
  return NextResponse.next();
}

export const config = { matcher: ["/alias/:path*", "/members/:path*"] };
