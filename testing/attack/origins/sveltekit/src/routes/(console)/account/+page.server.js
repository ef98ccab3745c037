import { ran } from "$lib/server/ran.js";

export function load({ request }) {
  ran(request, "account");
  return { guarded: "account" };
}

export const actions = {
  close: ({ request }) => {
    ran(request, "account-close");
    return { guarded: "account" };
  },
  open: ({ request }) => {
    ran(request, "account-open");
    return { guarded: "account" };
  },
};
