import { Outlet } from "react-router";

import { ran } from "../ran.server.js";

export function loader({ request }) {
  ran(request, "job");
  return { guarded: "job" };
}

export function action({ request }) {
  ran(request, "job-action");
  return { guarded: "job" };
}

export default function Page() {
  return (
    <div>
      guarded <Outlet />
    </div>
  );
}
