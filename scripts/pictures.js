/**
 * `npm run pictures`: photographs every view of the page, at three widths and in both themes, into test/artefacts/, and
 * renews those in docs/pictures/.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./setup.js";

await setUp({ browser: true, build: true });
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "test/e2e/pictures.test.ts"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, BACKLIT_RENEW_PICTURES: "renew" },
});
process.exitCode = status ?? 1;
