/** Runs the built command as a person would, on small data sets of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "bin", "backlit.js");

export type JsonLine = Record<string, unknown>;

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output as JSON lines; throws where a line is none. */
  lines: () => JsonLine[];
  last: () => JsonLine;
}

export interface Running {
  child: ChildProcess;
  done: Promise<Outcome>;
}

/** Starts `node bin/backlit.js …` on the build that is there. */
export function start(args: string[], env: NodeJS.ProcessEnv = {}): Running {
  if (!existsSync(join(root, "dist", "cli", "main.js"))) {
    throw new Error("There is no build to test: run `npm run build` first.");
  }
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1", BACKLIT_SETUP: "skip", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const lines = (): JsonLine[] =>
        stdout
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line) as JsonLine);
      resolve({ code, stdout, stderr, lines, last: () => lines().at(-1) ?? {} });
    });
  });
  return { child, done };
}

export function backlit(args: string[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
  return start(args, env).done;
}

/** Resolves when the file holds the text, or throws after a while. */
export async function waitForText(path: string, text: string, patience = 30_000): Promise<void> {
  for (const end = Date.now() + patience; Date.now() < end;) {
    if (existsSync(path) && (await readFile(path, "utf8")).includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} never held ${text}`);
}

/** A folder for one test file, removed at its end. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "backlit-cli-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** IDX bytes of images `[n, side, side]` or labels `[n]`. */
export function idx(shape: number[], data: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x0800 + shape.length);
  shape.forEach((size, i) => header.setUint32(4 + 4 * i, size));
  return Buffer.concat([new Uint8Array(header.buffer), data]);
}

export const SIDE = 8;
export const CLASSES = 4;

/** Images of four classes, one bright quarter each, with seeded noise: quickly learned. */
export function quarters(count: number, seed: number): { images: Uint8Array; labels: Uint8Array } {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = i % CLASSES;
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const lit = x >= SIDE / 2 === (labels[i] & 1) > 0 && y >= SIDE / 2 === (labels[i] & 2) > 0;
        images[(i * SIDE + y) * SIDE + x] = lit ? 180 + 70 * random() : 60 * random();
      }
    }
  }
  return { images, labels };
}

/** The four files of a small data set. */
export async function writeQuarters(folder: string, train = 500, test = 100): Promise<string> {
  await mkdir(folder, { recursive: true });
  const splits = { train: quarters(train, 1), t10k: quarters(test, 2) };
  for (const [name, { images, labels }] of Object.entries(splits)) {
    const count = labels.length;
    await writeFile(join(folder, `${name}-images-idx3-ubyte.gz`), gzipSync(idx([count, SIDE, SIDE], images)));
    await writeFile(join(folder, `${name}-labels-idx1-ubyte`), idx([count], labels));
  }
  return folder;
}

/** What a command has left of its browser: profiles and, on Linux, processes. */
export async function leftovers(pid: number): Promise<string[]> {
  const mark = `backlit-chrome-${pid}-`;
  const profiles = (await readdir(tmpdir())).filter((name) => name.startsWith(mark));
  if (process.platform !== "linux") return profiles;
  const found = [...profiles];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // A process may end while it is looked at.
    const line = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (line.includes(mark)) found.push(`process ${name}`);
  }
  return found;
}
