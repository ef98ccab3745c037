// Each request is an entry of its own, so that the handler runs for each.
const cached = { cache: { maxAge: 1, swr: false, varies: ["x-attack"] } };

export default defineNuxtConfig({
  compatibilityDate: "2026-01-01",
  telemetry: false,
  devtools: { enabled: false },
  experimental: { componentIslands: true },
  routeRules: {
    "/old/runs": { redirect: "/api/dashboard/latest-runs" },
    // A page that is cached has its data at a path of its own.
    "/account/**": cached,
    "/tasks/**": cached,
  },
});
