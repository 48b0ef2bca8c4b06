/** What the built page loads before a person has done anything. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { APP } from "./page.ts";

/** `import … from "./a.js"`, `import "./a.js"` and workers; what is loaded on demand is written as `import(…)`. */
const LOADED = [
  /\b(?:import|export)\b[^"'`;()]*?from\s*["'`]\.\/([^"'`]+\.js)["'`]/g,
  /\bimport\s*["'`]\.\/([^"'`]+\.js)["'`]/g,
  /new Worker\(new URL\([^)]*?["'`]([\w-]+\.js)["'`]/g,
];

/** Paths of the files in dist/app, `index.html` first. */
export async function firstView(): Promise<string[]> {
  const html = await readFile(join(APP, "index.html"), "utf8");
  const found = new Set(
    [...html.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css|svg))"/g)].map(([, path]) => path),
  );
  for (const path of found) {
    if (!path.endsWith(".js")) continue;
    const code = await readFile(join(APP, path), "utf8");
    for (const [, name] of LOADED.flatMap((pattern) => [...code.matchAll(pattern)]))
      found.add(join("assets", name));
  }
  return ["index.html", ...found];
}
