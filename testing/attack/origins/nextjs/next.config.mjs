const config = {
  // Fixed, so that the data routes can be named: `/_next/data/<build>/…`.
  generateBuildId: () => "b1",
  i18n: { locales: ["en", "de"], defaultLocale: "en", localeDetection: false },
  // A gate can't see these, so the policy names the sources too.
  rewrites: async () => [
    { source: "/old/runs", destination: "/api/dashboard/latest-runs" },
    { source: "/older/:path*", destination: "/internal/:path*" },
  ],
  poweredByHeader: false,
  turbopack: { root: import.meta.dirname },
};

export default config;
