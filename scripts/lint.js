/** `npm run lint`: oxlint with its type-aware rules, then the formatter's check. Fails if either does. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureDependencies, root } from "./setup.js";

await ensureDependencies();
const modules = join(root, "node_modules");
const parts = [
  [join(modules, "oxlint/bin/oxlint"), "--deny-warnings"],
  [join(modules, "prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."],
];
const results = parts.map((args) => spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }));
process.exitCode = results.every(({ status }) => status === 0) ? 0 : 1;
