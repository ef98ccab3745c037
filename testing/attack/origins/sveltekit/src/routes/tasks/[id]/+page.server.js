import { ran } from "$lib/server/ran.js";

export function load({ request }) {
  ran(request, "tasks");
  return { guarded: "tasks" };
}

export const actions = {
  close: ({ request }) => {
    ran(request, "tasks-close");
    return { guarded: "tasks" };
  },
  open: ({ request }) => {
    ran(request, "tasks-open");
    return { guarded: "tasks" };
  },
};
