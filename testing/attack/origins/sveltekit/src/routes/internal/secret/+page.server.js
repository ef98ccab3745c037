import { ran } from "$lib/server/ran.js";

export function load({ request }) {
  ran(request, "secret");
  return { guarded: "secret" };
}

export const actions = {
  close: ({ request }) => {
    ran(request, "secret-close");
    return { guarded: "secret" };
  },
  open: ({ request }) => {
    ran(request, "secret-open");
    return { guarded: "secret" };
  },
};
