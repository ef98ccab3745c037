import { ran } from "$lib/server/ran.js";

export function load({ request }) {
  ran(request, "balance-admin");
  return { guarded: "balance-admin" };
}

export const actions = {
  close: ({ request }) => {
    ran(request, "balance-admin-close");
    return { guarded: "balance-admin" };
  },
  open: ({ request }) => {
    ran(request, "balance-admin-open");
    return { guarded: "balance-admin" };
  },
};
