import { Outlet } from "react-router";

import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "balance-admin");
  return { guarded: "balance-admin" };
}

export function action({ request }) {
  ran(request, "balance-admin-action");
  return { guarded: "balance-admin" };
}

export default function Page() {
  return (
    <div>
      guarded <Outlet />
    </div>
  );
}
