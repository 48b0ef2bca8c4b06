/**
 * Four bundles from one tree (`vite build --mode …`, all of them by scripts/build.js):
 * `app` the page, `headless` the page that Puppeteer drives, `lib` the public library, `cli` the command.
 */
import { preact } from "@preact/preset-vite";
import { defineConfig, type UserConfig } from "vite";

const shared: UserConfig = { build: { target: "es2022", emptyOutDir: true } };
/** What lies in public/ belongs to the page alone. */
const bare: UserConfig = { publicDir: false };

export default defineConfig(({ mode }): UserConfig => {
  switch (mode) {
    case "lib":
      return {
        ...bare,
        build: {
          ...shared.build,
          outDir: "dist/lib",
          lib: { entry: "src/index.ts", formats: ["es"], fileName: "index" },
          rolldownOptions: { external: [/^valibot/, /^pure-rand/] },
          minify: false,
        },
      };
    case "cli":
      return {
        ...bare,
        build: {
          ...shared.build,
          target: "node20",
          outDir: "dist/cli",
          ssr: "src/cli/main.ts",
          minify: false,
        },
      };
    case "headless":
      return {
        ...bare,
        base: "./",
        build: {
          ...shared.build,
          outDir: "dist/headless",
          rolldownOptions: { input: "src/worker/headless.html" },
        },
        worker: { format: "es" },
      };
    default:
      return {
        base: "./",
        plugins: [preact()],
        build: { ...shared.build, outDir: "dist/app" },
        worker: { format: "es" },
      };
  }
});
