import { Outlet } from "react-router";

import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "secret");
  return { guarded: "secret" };
}

export function action({ request }) {
  ran(request, "secret-action");
  return { guarded: "secret" };
}

export default function Page() {
  return (
    <div>
      guarded <Outlet />
    </div>
  );
}
