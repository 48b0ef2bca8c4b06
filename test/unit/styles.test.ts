/** Views share one document, whose styles stay once they are loaded: a class of one view must not reach into another. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const app = fileURLToPath(new URL("../../src/app", import.meta.url));

/** Of a component that two views show. */
const SHARED = new Set(["model-line"]);

/** The classes that selectors of a style sheet begin with. */
function leadingClasses(css: string): Set<string> {
  const selectors = css.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(/([^{}]+)\{/g);
  const leading = [...selectors].flatMap(([, list]) => list.split(",").map((selector) => selector.trim()));
  return new Set(leading.flatMap((selector) => /^\.([\w-]+)/.exec(selector)?.[1] ?? []));
}

test("no class begins selectors of two views", () => {
  const sheets = readdirSync(app, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".css") && !name.startsWith("bench"))
    .map((name) => join(app, name));
  expect(sheets.length).toBeGreaterThan(6);
  const owners = new Map<string, Set<string>>();
  for (const sheet of sheets) {
    const [folder] = relative(app, sheet).split(sep);
    for (const name of leadingClasses(readFileSync(sheet, "utf8"))) {
      owners.set(name, (owners.get(name) ?? new Set()).add(folder));
    }
  }
  const torn = [...owners].filter(([name, folders]) => folders.size > 1 && !SHARED.has(name));
  expect(torn.map(([name, folders]) => `.${name}: ${[...folders].join(", ")}`)).toEqual([]);
});

test("would see a class in a list, in a media query, and before others", () => {
  const css = "/* .no {} */ .a, .b > p { } @media (width < 3px) { .c:hover .d {} } main .e {}";
  expect([...leadingClasses(css)].sort()).toEqual(["a", "b", "c"]);
});
