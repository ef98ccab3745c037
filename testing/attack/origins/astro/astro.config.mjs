import node from "@astrojs/node";
import { defineConfig } from "astro/config";

export default defineConfig({
  output: "server",
  adapter: node({ mode: "standalone" }),
  devToolbar: { enabled: false },
  // Form posts of the attack come from nowhere in particular.
  security: { checkOrigin: false },
  i18n: { locales: ["en", "de"], defaultLocale: "en" },
  redirects: { "/old/runs": "/api/dashboard/latest-runs" },
});
