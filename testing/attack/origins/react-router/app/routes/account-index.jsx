import { Outlet } from "react-router";

import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "account-index");
  return { guarded: "account-index" };
}

export function action({ request }) {
  ran(request, "account-index-action");
  return { guarded: "account-index" };
}

export default function Page() {
  return (
    <div>
      guarded <Outlet />
    </div>
  );
}
