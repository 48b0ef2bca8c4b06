/** `npm start`: sets up what is missing, then serves the built page and opens it (`-- --no-open` does not open it). */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./setup.js";

await setUp({ build: true });
const given = process.argv.slice(2);
const args = given.includes("--no-open") ? given.filter((arg) => arg !== "--no-open") : ["--open", ...given];
const server = spawn(
  process.execPath,
  [join(root, "node_modules/vite/bin/vite.js"), "preview", "--mode", "app", "--outDir", "dist/app", ...args],
  { cwd: root, stdio: "inherit" },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
server.on("close", (code) => (process.exitCode = code ?? 1));
