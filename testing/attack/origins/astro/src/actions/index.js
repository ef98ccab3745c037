import { defineAction } from "astro:actions";

import { ran } from "../lib/ran.js";

const guarded = (name, accept) =>
  defineAction({
    accept,
    handler: async (input, context) => {
      ran(context.request, name);
      return "guarded";
    },
  });

export const server = {
  close: guarded("action-close", "form"),
  jobs: { stop: guarded("action-stop", "json") },
};
