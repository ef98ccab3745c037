import { ran } from "$lib/server/ran.js";

export function load({ request }) {
  ran(request, "balance");
  return { guarded: "balance" };
}

export const actions = {
  close: ({ request }) => {
    ran(request, "balance-close");
    return { guarded: "balance" };
  },
  open: ({ request }) => {
    ran(request, "balance-open");
    return { guarded: "balance" };
  },
};
