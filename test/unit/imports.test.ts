/**
 * Holds the structure: which folder may import which, where the DOM, Node and WebGPU may be touched, which packages each
 * folder uses, and how long a file may grow. Tables here are the map in docs/architecture.md; changing one is a decision.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const source = join(root, "src");
const MOST_LINES = 400;

/** What a folder may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  report: ["core"],
  data: ["core"],
  model: ["core"],
  cpu: ["core", "data", "model"],
  gpu: ["core", "data", "model"],
  // The trainer knows engines only by their interface, which is in core.
  train: ["core", "data", "model"],
  lens: ["core", "report", "data", "model", "cpu", "gpu", "train"],
  bench: ["core", "report", "data", "model", "cpu", "gpu", "train"],
  worker: ["core", "report", "data", "model", "cpu", "gpu", "train", "lens", "bench"],
  // The page talks to its worker and shows what comes back; engines stay on the other side.
  app: ["core", "report", "data", "model", "train", "lens", "bench", "worker"],
  cli: ["core", "report", "data", "model", "cpu", "gpu", "train", "lens", "bench", "worker"],
  // index.ts, the public API.
  "": ["core", "data", "model", "cpu", "gpu", "train", "lens"],
};

/** Packages and files outside src/ that a folder may use; everything else is the product's own. */
const MAY_USE: Readonly<Record<string, readonly RegExp[]>> = {
  core: [/^valibot$/, /^pure-rand\//],
  model: [/^valibot$/],
  gpu: [/^valibot$/],
  // The peers that are measured are loaded on demand, and no part of the package.
  bench: [/^@tensorflow\/tfjs-/, /^@jax-js\/jax$/, /^valibot$/],
  // ZIP, for workbooks; KaTeX with its style and fonts as text, for walks that are one file.
  lens: [/^valibot$/, /^fflate$/, /^katex(\/dist\/[\w./-]+\?(raw|inline))?$/],
  worker: [/^comlink$/],
  // ZIP, for runs.
  app: [
    /^preact(\/|$)/,
    /^@preact\/signals$/,
    /^comlink$/,
    /^(fflate|idb-keyval)$/,
    /^uplot(\/|$)/,
    /^katex$/,
    /\.css$/,
  ],
  cli: [
    /^node:/,
    /^(cli-progress|commander|fast-png|puppeteer|webgpu)$/,
    /^\.\.\/(package\.json|scripts\/chrome\.js)$/,
  ],
};

/** Where a `GPU` object is obtained or used; elsewhere WebGPU is not even named. */
const TOUCH_GPU = ["gpu", "lens", "worker", "cli", "app"];

const files = filesUnder(source).filter((path) => /\.tsx?$/.test(path));
const shaders = filesUnder(join(root, "shaders")).filter((path) => path.endsWith(".wgsl"));

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The folder of src/ a path lies in; empty for a file of src/ itself. */
function folderOf(path: string): string {
  const parts = relative(source, path).split(/[\\/]/);
  return parts.length > 1 ? parts[0] : "";
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

/** Every module a text imports, exports from, or loads on demand. */
function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const found = [
    ...code.matchAll(/\b(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']/g),
    ...code.matchAll(/\bimport\s*["']([^"']+)["']/g),
    ...code.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g),
    ...code.matchAll(/\bnew Worker\(\s*new URL\(\s*["'](\.[^"']+)["'],\s*import\.meta\.url/g),
  ];
  return found.map((match) => match[1]);
}

/** What is wrong with one import of a file; undefined when nothing is. */
function importProblem(file: string, specifier: string): string | undefined {
  const folder = folderOf(file);
  const isRelative = specifier.startsWith(".");
  const target = isRelative ? resolve(dirname(file), specifier) : specifier;
  const inSource = isRelative && !relative(source, target).startsWith("..");
  if (inSource && !target.endsWith(".css")) {
    if (!/\.tsx?$/.test(target)) return "lacks its extension";
    const to = folderOf(target);
    const allowed = to === folder || MAY_IMPORT[folder]?.includes(to);
    return allowed ? undefined : `${folder || "index.ts"} may not import ${to || "index.ts"}`;
  }
  const name = isRelative && !inSource ? relative(source, target).replaceAll("\\", "/") : specifier;
  const allowed = MAY_USE[folder]?.some((pattern) => pattern.test(name));
  return allowed ? undefined : `${folder || "index.ts"} may not use ${name}`;
}

describe("the structure of src/", () => {
  it("has only folders that have a place in the direction of imports", () => {
    expect(files.length).toBeGreaterThan(50);
    const unknown = [...new Set(files.map(folderOf))].filter((folder) => !(folder in MAY_IMPORT));
    expect(unknown).toEqual([]);
  });

  it("imports in one direction only, and only the packages each folder may use", () => {
    let seen = 0;
    const problems = files.flatMap((file) =>
      importsOf(readFileSync(file, "utf8")).flatMap((specifier) => {
        seen++;
        const problem = importProblem(file, specifier);
        return problem === undefined ? [] : [`${relative(root, file)}: ${specifier}: ${problem}`];
      }),
    );
    expect(problems).toEqual([]);
    expect(seen).toBeGreaterThan(300);
  });

  it("recognises every way of importing", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type {\n  B,\n} from "../b/b.ts";',
      'export * from "./c.ts";',
      'import "./d.css";',
      'const e = await import("e");',
      'new Worker(new URL("./f.ts", import.meta.url));',
      '// import "./comment.ts";',
    ].join("\n");
    expect(importsOf(text).sort()).toEqual(["../b/b.ts", "./a.ts", "./c.ts", "./d.css", "./f.ts", "e"]);
    const file = join(source, "train", "trainer.ts");
    expect(importProblem(file, "../gpu/engine.ts")).toBe("train may not import gpu");
    expect(importProblem(file, "../core/engine")).toBe("lacks its extension");
    expect(importProblem(file, "node:fs")).toBe("train may not use node:fs");
    expect(importProblem(join(source, "cpu", "engine.ts"), "../gpu/plan.ts")).toBe("cpu may not import gpu");
  });

  it("names WebGPU only where a device is asked for or used", () => {
    const pattern = /\bGPU(?:[A-Z]\w*)?\b(?!")|\bnavigator\.gpu\b/;
    const naming = files.filter((file) => pattern.test(withoutStrings(readFileSync(file, "utf8"))));
    const elsewhere = naming.filter((file) => !TOUCH_GPU.includes(folderOf(file)));
    expect(elsewhere.map((file) => relative(root, file))).toEqual([]);
    expect(naming.map(folderOf)).toContain("gpu");
  });

  it(`keeps every file within ${MOST_LINES} lines`, () => {
    const long = [...files, ...shaders]
      .map((file) => ({
        file: relative(root, file),
        lines: readFileSync(file, "utf8").trimEnd().split("\n").length,
      }))
      .filter(({ lines }) => lines > MOST_LINES);
    expect(long).toEqual([]);
  });
});

/** Messages and texts may speak of a GPU; code may not. */
function withoutStrings(text: string): string {
  return withoutComments(text).replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""');
}

describe("the surroundings of src/", () => {
  const others = Object.keys(MAY_IMPORT).filter((folder) => folder !== "app" && folder !== "cli");

  it("lets only app see the DOM and only cli see Node: the rest compiles without their types", () => {
    expect(compileErrors(others.map((folder) => (folder === "" ? "src/index.ts" : `src/${folder}`)))).toBe(
      "",
    );
  });

  it("would notice a use of either", () => {
    const errors = compileErrors([], "document.title = process.version;\nexport {};\n");
    expect(errors).toMatch(/Cannot find name 'document'/);
    expect(errors).toMatch(/Cannot find name 'process'/);
  });
});

/** What the compiler says about parts of the tree when only what every worker and Node share is declared. */
function compileErrors(parts: readonly string[], extra: string = "export {};\n"): string {
  const folder = mkdtempSync(join(tmpdir(), "backlit-imports-"));
  try {
    // What Vite adds; its own declarations bring the DOM's along.
    const glob =
      "interface ImportMeta { readonly url: string; " +
      "glob<T>(pattern: string, options: object): Record<string, T>; }\n" +
      ["raw", "inline"]
        .map((how) => `declare module "*?${how}" { const text: string; export default text; }\n`)
        .join("");
    writeFileSync(join(folder, "ambient.d.ts"), glob);
    writeFileSync(join(folder, "extra.ts"), extra);
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: {
        lib: ["ES2023", "WebWorker"],
        types: ["@webgpu/types"],
        typeRoots: [join(root, "node_modules/@types"), join(root, "node_modules")],
      },
      files: ["ambient.d.ts", "extra.ts"],
      include: parts.map((part) => join(root, part)),
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [compiler, "-p", folder, "--pretty", "false"], { encoding: "utf8" });
    return "";
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (stdout === undefined) throw error;
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
