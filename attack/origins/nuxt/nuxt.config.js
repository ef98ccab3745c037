export default defineNuxtConfig({
  compatibilityDate: "2026-01-01",
  telemetry: false,
  devtools: { enabled: false },
  experimental: { componentIslands: true },
  routeRules: {
    "/old/runs": { redirect: "/api/dashboard/latest-runs" },
    // With one page that is cached, every page has a payload of its own.
    "/items/cached": { isr: true },
  },
});
