// Builds the playground: node build.mjs CHECKOUT PACKAGE OUT. PACKAGE is the built npm package, OUT
// the folder that is made.

import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { examples } from "./examples.mjs";

const [checkout, core, out] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));

// What is made of other files of the project: no copy of them is kept here.
const made = {
  "virtual:schema": () => readFileSync(join(checkout, "docs/policy.schema.json"), "utf8"),
  "virtual:examples": () => JSON.stringify(examples(checkout)),
};

mkdirSync(out, { recursive: true });
await build({
  entryPoints: [join(here, "src/main.js")],
  outfile: join(out, "main.js"),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  external: ["./wicketgate-policy/browser.js"],
  plugins: [{
    name: "made",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: "made" }));
      onLoad({ filter: /.*/, namespace: "made" }, ({ path }) => ({ contents: made[path](), loader: "json" }));
    },
  }],
});
for (const name of ["index.html", "style.css"]) copyFileSync(join(here, name), join(out, name));
mkdirSync(join(out, "wicketgate-policy"), { recursive: true });
for (const name of readdirSync(core).filter((name) => /\.(js|wasm)$/.test(name) && name !== "node.js")) {
  cpSync(join(core, name), join(out, "wicketgate-policy", name));
}
