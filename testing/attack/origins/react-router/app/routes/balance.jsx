import { Outlet } from "react-router";

import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "balance");
  return { guarded: "balance" };
}

export function action({ request }) {
  ran(request, "balance-action");
  return { guarded: "balance" };
}

export default function Page() {
  return (
    <div>
      guarded <Outlet />
    </div>
  );
}
