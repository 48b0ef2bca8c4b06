/**
 * The README's library example, run as a reader would: the package packed, installed in a project of its own, the fenced
 * files written beside it, trained with in Node and in a page. And what the core of the library weighs in a page.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { launch } from "puppeteer";
import { build, createServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromeFlags, findChrome } from "../../scripts/chrome.js";
import { readModel } from "../../src/model/model-file.ts";
import { vulkanEnvironment } from "../support/vulkan-environment.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const typescript = join(root, "node_modules/typescript/bin/tsc");
/** What a page may have to load before it can train on a device that it has. */
const MOST_BYTES = 40_000;
/** Far more than guessing (0.1); the example reaches about 0.9. */
const LEAST_ACCURACY = 0.7;

const run = promisify(execFile);
let project = "";
let example: Map<string, string>;

beforeAll(async () => {
  if (!existsSync(join(root, "dist/lib/index.d.ts"))) {
    throw new Error("There is no build to test: run `npm run build` first.");
  }
  project = await mkdtemp(join(tmpdir(), "backlit-package-"));
  example = fencedFiles(await readFile(join(root, "README.md"), "utf8"));
  for (const [name, text] of example) await writeFile(join(project, name), text);
  const manifest = { name: "project", private: true, type: "module" };
  await writeFile(join(project, "package.json"), JSON.stringify(manifest));
  // Without scripts: the build that is there is the one under test.
  const { stdout } = await npm(["pack", "--ignore-scripts", "--json", "--pack-destination", project], root);
  const archive = /"filename":\s*"([^"]+\.tgz)"/.exec(stdout)?.[1] ?? "nothing was packed";
  // Dawn is large, so the one that is installed is linked.
  const dawn = `webgpu@file:${join(root, "node_modules/webgpu")}`;
  await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", `./${archive}`, dawn], project);
}, 60_000);

afterAll(() => project && rm(project, { recursive: true, force: true }));

function npm(args: string[], cwd: string): Promise<{ stdout: string }> {
  return run("npm", args, { cwd, shell: process.platform === "win32" });
}

/** Fenced blocks that carry a file's name: "```js example.mjs". */
function fencedFiles(markdown: string): Map<string, string> {
  const blocks = markdown.matchAll(/^```\w+ ([\w.-]+)\n([\s\S]*?)^```$/gm);
  return new Map([...blocks].map(([, name, text]) => [name, text]));
}

/** What the compiler says about files of the project; empty when nothing. */
async function typeErrors(name: string, compilerOptions: object, files: string[]): Promise<string> {
  const path = join(project, `tsconfig.${name}.json`);
  await writeFile(path, JSON.stringify({ compilerOptions, files }));
  return run(process.execPath, [typescript, "-p", path, "--pretty", "false"]).then(
    () => "",
    ({ stdout, message }: { stdout?: string; message: string }) => stdout || message,
  );
}

/** The log of a run of the example: a named adapter, four epochs, and an accuracy well above chance. */
function expectTrained(log: string): void {
  expect(log).toMatch(/^training on \S+/m);
  expect(log.match(/^epoch \d: loss \d+\.\d{3}, validation 0\.\d+$/gm)).toHaveLength(4);
  const accuracy = Number(/^test accuracy ([\d.]+)/m.exec(log)?.[1]);
  expect(accuracy).toBeGreaterThan(LEAST_ACCURACY);
}

describe("the README's library example", () => {
  it("trains, evaluates and saves in Node", async () => {
    const { stdout } = await run(process.execPath, ["example.mjs"], {
      cwd: project,
      env: { ...process.env, ...vulkanEnvironment() },
      timeout: 60_000,
    });
    expectTrained(stdout);
    const model = readModel(await readFile(join(project, "digits.safetensors")));
    expect(model.network.layers.map(({ units }) => units)).toEqual([128, 10]);
    expect(model.dataset.name).toBe("synthetic");
  });

  it("trains and saves in a page served by Vite", async () => {
    const { chrome } = await findChrome();
    if (!chrome) throw new Error("There is no Chrome with WebGPU: run `npm run -s backlit -- doctor`.");
    const server = await createServer({
      root: project,
      configFile: false,
      logLevel: "error",
      server: { port: 0, host: "localhost" },
    });
    await server.listen();
    const browser = await launch({ executablePath: chrome.path, args: chromeFlags(chrome.kind) });
    try {
      const page = await browser.newPage();
      await page.goto(server.resolvedUrls?.local[0] ?? "");
      const finished = await page.waitForFunction(
        () => {
          const log = document.getElementById("log")?.textContent ?? "";
          return /test accuracy|failed:/.test(log) && log;
        },
        { timeout: 50_000, polling: 100 },
      );
      expectTrained(String(await finished.jsonValue()));
      const name = await page
        .waitForSelector("a[download]")
        .then((link) => link?.evaluate((a) => a.download));
      expect(name).toBe("digits.safetensors");
    } finally {
      await browser.close();
      await server.close();
    }
  });

  it.each([
    ["bundler", "esnext"],
    ["nodenext", "nodenext"],
  ])("has types for a reader who resolves modules like %s", async (moduleResolution, module) => {
    const common = {
      module,
      moduleResolution,
      target: "es2023",
      lib: ["es2023", "dom"],
      strict: true,
      // The example is JavaScript: its parameters have no types to give.
      noImplicitAny: false,
      allowJs: true,
      checkJs: true,
      noEmit: true,
      typeRoots: [join(root, "node_modules/@types")],
    };
    // Our own declarations are checked to the last line.
    const inPage = { ...common, types: [] };
    expect(await typeErrors(`${module}-page`, inPage, ["train-digits.mjs", "data.mjs"])).toBe("");
    if (module !== "nodenext") return;
    // Those of the webgpu package clash with TypeScript's own, so that here only the example itself is.
    const inNode = { ...common, types: ["node"], skipLibCheck: true };
    expect(await typeErrors(`${module}-node`, inNode, ["example.mjs"])).toBe("");
    await writeFile(join(project, "wrong.mjs"), 'import { train } from "backlit";\ntrain(1);\n');
    expect(await typeErrors(`${module}-wrong`, inPage, ["wrong.mjs"])).toContain("TS2345");
  });

  it("is complete: every file that the README names is there, and nothing else is imported", () => {
    expect([...example.keys()].sort()).toEqual(["data.mjs", "example.mjs", "index.html", "train-digits.mjs"]);
    const imported = [...example.values()].flatMap((text) =>
      [...text.matchAll(/from "([^"]+)"/g)].map((match) => match[1]),
    );
    expect([...new Set(imported)].sort()).toEqual([
      "./train-digits.mjs",
      "backlit",
      "node:fs/promises",
      "webgpu",
    ]);
  });
});

describe("the core of the library", () => {
  it(`weighs at most ${MOST_BYTES / 1000} kB in a page, minified and gzipped`, async () => {
    const entry = join(project, "core.js");
    await writeFile(entry, 'export { createGpuEngine, requestDevice, train } from "backlit";\n');
    const result = await build({
      root: project,
      configFile: false,
      logLevel: "error",
      build: {
        write: false,
        minify: true,
        target: "es2022",
        rolldownOptions: { input: entry, preserveEntrySignatures: "strict" },
      },
    });
    if (!("output" in result)) throw new Error("Vite gave no bundle");
    const [chunk, ...others] = result.output;
    expect(others).toEqual([]);
    const bytes = gzipSync(chunk.code).length;
    console.log(
      `createGpuEngine, requestDevice and train: ${bytes} bytes gzipped, ${chunk.code.length} minified`,
    );
    expect(chunk.code).toContain("@compute");
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it("can be imported where there is neither WebGPU nor a DOM", async () => {
    const entry = pathToFileURL(join(project, "node_modules/backlit/dist/lib/index.js")).href;
    const program = `const { CATALOGUE } = await import(${JSON.stringify(entry)}); console.log(Object.keys(CATALOGUE).length);`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program]);
    expect(Number(stdout)).toBeGreaterThan(0);
    expect((await stat(join(project, "node_modules/backlit/dist/lib/index.d.ts"))).isFile()).toBe(true);
  });
});
