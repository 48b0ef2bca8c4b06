/**
 * Does what a checkout still lacks: dependencies, a browser, a build. Plain Node without dependencies, so that a fresh
 * clone can run it. Everything it says goes to standard error, since standard output belongs to the command behind it.
 *
 * As a program: `node scripts/setup.js [--browser] [--build]`; both without flags.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChrome } from "./chrome.js";
import { withLock } from "./lock.js";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Something that set-up could not do; `exitCode` is what the process should end with. */
export class SetupError extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a program with its output on standard error. Returns whether it succeeded. */
export function runQuietly(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ["ignore", 2, 2], ...options });
  if (error) say(`${program}: ${error.message}`);
  return status === 0;
}

/** Installs exactly what package-lock.json says, when it is missing or the lock file has changed since. */
export async function ensureDependencies() {
  if (dependenciesAreCurrent()) return;
  await withLock(root, "install", say, () => {
    if (dependenciesAreCurrent()) return;
    say("Installing the dependencies (npm ci) …");
    const npm = process.env.npm_execpath;
    const args = ["ci", "--include=dev", "--no-audit", "--no-fund"];
    const done = npm?.endsWith(".js")
      ? runQuietly(process.execPath, [npm, ...args])
      : runQuietly("npm", args, { shell: process.platform === "win32" });
    if (!done) {
      throw new SetupError(
        "npm ci failed; see above. Backlit needs its dependencies from the npm registry.",
        1,
      );
    }
    writeFileSync(installedMark, lockHash());
  });
}

const installedMark = join(root, "node_modules", ".backlit-lock-sha256");

function lockHash() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

function dependenciesAreCurrent() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  if (statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs) return true;
  // A checkout of the same lock file touches it without changing it.
  return existsSync(installedMark) && readFileSync(installedMark, "utf8") === lockHash();
}

/** Builds dist/ when a source has changed since the last build. */
export async function ensureBuild() {
  const { buildIsCurrent, build } = await import("./build.js");
  if (buildIsCurrent()) return;
  await withLock(root, "build", say, async () => {
    if (buildIsCurrent()) return;
    say("Building …");
    if (!(await build())) throw new SetupError("The build failed; see above.", 1);
  });
}

/**
 * A Chrome with WebGPU: one that is there, else downloaded by Puppeteer, else from Debian or Ubuntu.
 * @param {AbortSignal} [signal] ends the search @throws SetupError; the signal's reason
 * @returns what findChrome() calls `chrome`
 */
export async function ensureChrome(signal) {
  const rejected = [];
  const find = async () => {
    const result = await findChrome({ log: say, signal });
    rejected.push(...result.rejected);
    return result.chrome;
  };
  let chrome = await find();
  if (chrome) return chrome;
  if (!process.env.PUPPETEER_EXECUTABLE_PATH) {
    for (const obtain of [downloadChrome, installChromium]) {
      if (obtain() && (chrome = await find())) return chrome;
    }
  }
  throw new SetupError(noChromeMessage(rejected), 3);
}

function downloadChrome() {
  const cli = join(root, "node_modules", "puppeteer", "lib", "cjs", "puppeteer", "node", "cli.js");
  if (!existsSync(cli)) return false;
  say("No Chrome with WebGPU found; downloading one (npx puppeteer browsers install chrome) …");
  const { status, stderr } = spawnSync(process.execPath, [cli, "browsers", "install", "chrome"], {
    cwd: root,
    encoding: "utf8",
    timeout: 900_000,
  });
  // Where it fails it prints its whole manual first.
  if (status !== 0)
    say(
      stderr
        .slice(Math.max(0, stderr.lastIndexOf("\nError:") + 1))
        .replace(/\n {4}at .*/g, "")
        .trim(),
    );
  return status === 0;
}

function installChromium() {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  say("Installing chromium (apt-get install -y chromium) …");
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  const install = () =>
    runQuietly("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], options);
  return install() || (runQuietly("apt-get", ["update"], options) && install());
}

/** What a person reads when there is no usable browser. */
export function noChromeMessage(rejected) {
  const named = process.env.PUPPETEER_EXECUTABLE_PATH;
  const tried = [...new Set(rejected.map(({ path, problem }) => `  ${path}: ${problem}`))];
  const first = named
    ? `PUPPETEER_EXECUTABLE_PATH is ${named}, which ${rejected.length > 0 ? "gives no WebGPU adapter" : "does not exist"}.`
    : "There is no Chrome that gives a WebGPU adapter.";
  return [
    first,
    ...tried,
    "Do one of these, then try again:",
    "  npx puppeteer browsers install chrome           download Chrome for Testing (on bare Linux, with --install-deps)",
    "  sudo apt-get install -y chromium                on Debian or Ubuntu",
    "  export PUPPETEER_EXECUTABLE_PATH=/path/to/chrome  use a Chrome 123 or later that is somewhere else",
    "Or train without a browser: --runtime node (WebGPU in Node) or --engine cpu.",
  ].join("\n");
}

/** Everything asked for, in order; ends the process with the right code when something cannot be done. */
export async function setUp({ browser = false, build = true } = {}) {
  if (process.env.BACKLIT_SETUP === "skip") return;
  try {
    await ensureDependencies();
    if (browser) await ensureChrome();
    if (build) await ensureBuild();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(error.exitCode);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  const all = asked.length === 0;
  await setUp({ browser: all || asked.includes("--browser"), build: all || asked.includes("--build") });
}
