import adapter from "@sveltejs/adapter-node";

export default {
  kit: {
    adapter: adapter(),
    experimental: { remoteFunctions: true },
    // Form posts of the attack come from nowhere in particular.
    csrf: { trustedOrigins: ["*"] },
  },
  compilerOptions: { experimental: { async: true } },
};
