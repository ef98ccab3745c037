const config = {
  // Fixed, so that the request table can name the data routes: `/_next/data/<build>/…`.
  generateBuildId: () => "runs1",
  i18n: { locales: ["en", "de"], defaultLocale: "en", localeDetection: false },
  // The address that the first version of the job used. A gate can't see rewrites: the policy
  // names both.
  rewrites: async () => [
    { source: "/api/v0/latest-runs", destination: "/api/dashboard/latest-runs" },
  ],
  poweredByHeader: false,
  turbopack: { root: import.meta.dirname },
};

export default config;
