import { ran } from "$lib/server/ran.js";

export function load({ request }) {
  ran(request, "job");
  return { guarded: "job" };
}

export const actions = {
  close: ({ request }) => {
    ran(request, "job-close");
    return { guarded: "job" };
  },
  open: ({ request }) => {
    ran(request, "job-open");
    return { guarded: "job" };
  },
};
