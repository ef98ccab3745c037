import { Outlet } from "react-router";

import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "account");
  return { guarded: "account" };
}

export function action({ request }) {
  ran(request, "account-action");
  return { guarded: "account" };
}

export default function Page() {
  return (
    <div>
      guarded <Outlet />
    </div>
  );
}
