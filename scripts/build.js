/**
 * Builds dist/: `lib` (the library and its types), `cli`, `headless` (the page Puppeteer drives), `app` (the page).
 * What was built from which sources is remembered by content, so an unchanged tree is not built again.
 *
 * As a program: `node scripts/build.js [PART …]`; all parts without names.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const stamp = join(dist, "sources.sha256");
const PARTS = ["lib", "cli", "headless", "app"];

/** What the bundles are made from. */
const SOURCES = [
  "src",
  "shaders",
  "index.html",
  "bench",
  "public",
  "vite.config.ts",
  "tsconfig.json",
  "tsconfig.lib.json",
  "package.json",
  "package-lock.json",
  "scripts/build.js",
  "scripts/chrome.js",
];

export function buildIsCurrent() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === sourcesHash();
}

function sourcesHash() {
  const hash = createHash("sha256");
  const add = (path) =>
    hash.update(relative(root, path)).update("\0").update(readFileSync(path)).update("\0");
  for (const name of SOURCES) {
    const path = join(root, name);
    if (!existsSync(path)) continue;
    const inside = filesUnder(path);
    for (const file of inside.sort()) add(file);
  }
  return hash.digest("hex");
}

function filesUnder(path) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOTDIR") return [path];
    throw error;
  }
  return entries.flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)],
  );
}

/**
 * Builds beside dist/ and swaps the finished parts in, so that a command that runs meanwhile never meets half a build.
 * @returns {Promise<boolean>} whether everything was built
 */
export async function build(parts = PARTS) {
  const hash = sourcesHash();
  const work = join(root, ".cache", `build-${process.pid}`);
  try {
    const jobs = parts.map((part) =>
      run("vite/bin/vite.js", [
        "build",
        "--mode",
        part,
        "--outDir",
        join(work, part),
        "--emptyOutDir",
        "--logLevel",
        "warn",
      ]),
    );
    const types = join(work, "types");
    if (parts.includes("lib")) {
      jobs.push(run("typescript/bin/tsc", ["-p", "tsconfig.lib.json", "--outDir", types]));
    }
    if (!(await Promise.all(jobs)).every(Boolean)) return false;
    if (parts.includes("lib")) placeTypes(types, join(work, "lib"));
    mkdirSync(dist, { recursive: true });
    rmSync(stamp, { force: true });
    for (const part of parts) {
      rmSync(join(dist, part), { recursive: true, force: true });
      renameSync(join(work, part), join(dist, part));
    }
    if (parts.length === PARTS.length) writeFileSync(stamp, hash);
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Declarations name their neighbours `./x.ts`; what is shipped beside them is `./x.d.ts`, which `./x.js` stands for. */
function placeTypes(from, to) {
  for (const file of filesUnder(from)) {
    const text = readFileSync(file, "utf8").replace(/(["'])(\.\.?\/[^"']+)\.ts\1/g, "$1$2.js$1");
    const target = join(to, relative(from, file));
    mkdirSync(join(target, ".."), { recursive: true });
    writeFileSync(target, text);
  }
}

/** Runs a program of node_modules with its output on standard error. */
function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "node_modules", program), ...args], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const parts = process.argv.slice(2);
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) {
    process.stderr.write(`There is no part ${unknown}; the parts are ${PARTS.join(", ")}.\n`);
    process.exit(2);
  }
  const { ensureDependencies } = await import("./setup.js");
  await ensureDependencies();
  const done = await withLock(
    root,
    "build",
    (line) => process.stderr.write(`${line}\n`),
    () => build(parts.length > 0 ? parts : PARTS),
  );
  process.exitCode = done ? 0 : 1;
}
