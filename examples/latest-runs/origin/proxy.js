import { NextResponse } from "next/server";

// The app's own middleware: members sign in. It knows nothing of the gate, and the gate must not
// let a request header switch it off.
export function proxy(request) {
  if (request.cookies.get("session")?.value) {
    return NextResponse.next();
  }
  return NextResponse.json({ error: "Sign in" }, { status: 401 });
}

export const config = { matcher: ["/members/:path*"] };
