import { Outlet } from "react-router";

import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "account-settings");
  return { guarded: "account-settings" };
}

export function action({ request }) {
  ran(request, "account-settings-action");
  return { guarded: "account-settings" };
}

export default function Page() {
  return (
    <div>
      guarded <Outlet />
    </div>
  );
}
