/**
 * `npm test`: sets up what is missing, then typecheck, lint, build and every test. All parts run even when one fails; the
 * process fails if any did. Arguments go to vitest. The last line is always `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureOffice } from "./office.js";
import { root, setUp } from "./setup.js";

await setUp({ browser: true, build: false });
const wanted = process.argv.slice(2);
// Only one file of tests opens workbooks.
const opensWorkbooks =
  wanted.length === 0 || wanted.some((name) => /^(\.\/)?test(\/e2e(\/(spreadsheet.*)?)?)?\/?$/.test(name));
if (opensWorkbooks && process.env.BACKLIT_SETUP !== "skip") ensureOffice();

const scratch = mkdtempSync(join(tmpdir(), "backlit-test-"));
const summaryFile = join(scratch, "summary.json");
const failures = [];
const seconds = {};

/** Runs one part with its output shown. */
function part(name, args, env = {}) {
  const start = performance.now();
  process.stdout.write(`\n== ${name}\n`);
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  seconds[name] = Math.round((performance.now() - start) / 100) / 10;
  if (status !== 0) failures.push(name);
  return status === 0;
}

const modules = join(root, "node_modules");
part("typecheck", [join(modules, "typescript/bin/tsc"), "--noEmit", "-p", "."]);
part("lint", [join(root, "scripts/lint.js")]);
part("build", [join(root, "scripts/setup.js"), "--build"]);
const vitest = [join(modules, "vitest/vitest.mjs"), "run", ...wanted];
const reporters = ["--reporter=default", `--reporter=${join(root, "scripts/test-summary.js")}`];
const testsPass = part("tests", [...vitest, ...reporters], {
  BACKLIT_TEST_SUMMARY: summaryFile,
  // The tests' own commands find everything built; they must not start a build of their own.
  BACKLIT_SETUP: "skip",
});

/** @type {{ passed: number, failed: number, skipped: string[], failedNames: string[] }} */
let summary = { passed: 0, failed: 0, skipped: [], failedNames: [] };
try {
  summary = JSON.parse(readFileSync(summaryFile, "utf8"));
} catch {
  process.stdout.write("\nThe test run ended before it could report.\n");
}
rmSync(scratch, { recursive: true, force: true });

const checks = ["typecheck", "lint", "build"];
const failedChecks = checks.filter((name) => failures.includes(name));
const passed = summary.passed + checks.length - failedChecks.length;
// A run that fails without a failed test (a crashed worker, an unhandled error) is still a failure.
const failedTests = Math.max(summary.failed, testsPass ? 0 : 1);
const failed = failedTests + failedChecks.length;
const times = Object.entries(seconds).map(([name, value]) => `${name} ${value} s`);
process.stdout.write(`\n${times.join(", ")}\n`);
for (const name of failedChecks) process.stdout.write(`failed: ${name}\n`);
for (const name of summary.failedNames) process.stdout.write(`failed: ${name}\n`);
if (summary.skipped.length > 0) {
  for (const name of summary.skipped) process.stdout.write(`skipped: ${name}\n`);
  process.stdout.write(`${summary.skipped.length} skipped\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
