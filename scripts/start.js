/** `npm start`: sets up what is missing, then serves the built page and opens it (`-- --no-open` does not open it). */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./setup.js";

const HELP = `Usage: npm start -- [options]

Sets up what is missing, serves the page on this machine and opens it.

  --no-open        do not open the page
  --port <N>       port to serve on (default 4173, or the next free one)
  --strictPort     fail where that port is taken
  --host <NAME>    also serve other machines; 0.0.0.0 for all (WebGPU needs https there)
  --help           print this
`;

const given = process.argv.slice(2);
if (given.includes("--help") || given.includes("-h")) {
  process.stdout.write(HELP);
  process.exit();
}
await setUp({ build: true });
const args = given.includes("--no-open") ? given.filter((arg) => arg !== "--no-open") : ["--open", ...given];
const server = spawn(
  process.execPath,
  [join(root, "node_modules/vite/bin/vite.js"), "preview", "--mode", "app", "--outDir", "dist/app", ...args],
  { cwd: root, stdio: "inherit" },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
server.on("close", (code) => (process.exitCode = code ?? 1));
