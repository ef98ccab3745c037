import { Outlet } from "react-router";

import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "tasks");
  return { guarded: "tasks" };
}

export function action({ request }) {
  ran(request, "tasks-action");
  return { guarded: "tasks" };
}

export default function Page() {
  return (
    <div>
      guarded <Outlet />
    </div>
  );
}
