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
  stdio: ["inherit", "pipe", "inherit"],
});
program.stdout.pipe(process.stdout);
process.stdout.on("error", (error) => {
  // Nobody reads on, as behind `| head`: there is nothing left to do.
  if (error.code !== "EPIPE") throw error;
  program.kill();
});
program.on("close", (code) => {
  process.exitCode = code ?? 1;
});
