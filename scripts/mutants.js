/**
 * `npm run mutants`: faults in the shaders, one at a time, each of which a case has to notice (docs/mutation-tests.md). What
 * runs is test/mutants/main.ts; flags are passed on to it.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./setup.js";

// A software adapter comes with a browser.
await setUp({ browser: true, build: false });
const { build } = await import("vite");
const outDir = join(root, "node_modules/.cache/mutants");
await build({
  root,
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  build: { ssr: "test/mutants/main.ts", outDir, target: "node20", minify: false, emptyOutDir: true },
});
const program = spawn(process.execPath, [join(outDir, "main.js"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
program.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
