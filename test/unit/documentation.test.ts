/** What the documentation names is there: links, files, flags, exit codes, shaders; and its pictures stay small. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/core/errors.ts";
import {
  choicesOf,
  ofAllLayers,
  resolveRunOptions,
  runOptions,
  type RunOption,
} from "../../src/core/run-options.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const MOST_PICTURE_BYTES = 200_000;

const pages = ["README.md", "CHANGELOG.md", "shaders/README.md", ...markdownUnder("docs")].map((name) => ({
  name,
  text: readFileSync(join(root, name), "utf8"),
}));
const readme = pages[0].text;

function markdownUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
}

const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, "");

/** As GitHub makes anchors from headings. */
function anchors(text: string): string[] {
  return [...withoutFences(text).matchAll(/^#+ +(.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

describe.each(pages)("$name", ({ name, text }) => {
  it("links to pages, headings and pictures that are there", () => {
    const body = withoutFences(text);
    const links = [...body.matchAll(/\]\(([^)]+)\)|(?:src|srcset)="([^"]+)"/g)].map((m) => m[1] ?? m[2]);
    const broken = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path, anchor] = link.split("#");
      const target = path === "" ? join(root, name) : join(root, dirname(name), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchors(readFileSync(target, "utf8")).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("names files that are there", () => {
    const named = [...text.matchAll(/`((?:src|test|shaders|scripts|bin|docs)\/[\w./*-]+)`/g)].map(
      (m) => m[1],
    );
    const missing = named.filter((path) => {
      // Stands for any name.
      if (path.includes("NAME")) return false;
      if (!path.includes("*")) return !existsSync(join(root, path));
      const pattern = new RegExp(`^${path.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
      const folder = dirname(path);
      return !readdirSync(join(root, folder)).some((entry) => pattern.test(`${folder}/${entry}`));
    });
    expect(missing).toEqual([]);
  });
});

describe("the README", () => {
  it("lists every flag of a run, and every choice of those it spells out", () => {
    const missing = Object.values<RunOption>(runOptions).flatMap(({ flag, schema }) => {
      const listed = new RegExp(`--${flag}(?![\\w-])(?: ([\\w|-]+))?`).exec(readme);
      if (listed === null) return [`--${flag}`];
      const spelt = listed[1]?.includes("|") ? listed[1].split("|") : undefined;
      const choices = choicesOf(schema).filter((choice) => choice !== "none");
      return spelt !== undefined && choices.length > 0 && spelt.join() !== choices.join() ? [listed[0]] : [];
    });
    expect(missing).toEqual([]);
  });

  it("gives the recipe as it is", () => {
    const { hidden, dropout, learningRate, weightDecay, labelSmoothing, batchSize, epochs, validation } =
      resolveRunOptions({});
    const recipe = readme.replace(/\s+/g, " ");
    for (const words of [
      `784 - ${hidden.join(" - ")} - 10 with ReLU and dropout ${ofAllLayers("dropout", dropout)}`,
      `from ${learningRate} to 0 along a cosine`,
      `weight decay ${weightDecay}, label smoothing ${labelSmoothing}, batches of ${batchSize}, ${epochs} epochs`,
      `${validation.toLocaleString("en-US")} training rows held out`,
    ]) {
      expect(recipe).toContain(words);
    }
  });

  it("explains every exit code", () => {
    const listed = [...readme.matchAll(/^\| (\d+) +\|/gm)].map((match) => Number(match[1]));
    expect(listed).toEqual(Object.values(EXIT));
  });
});

it("shaders/README.md has a line for every shader and no other", () => {
  const page = pages.find(({ name }) => name === "shaders/README.md")!.text;
  const listed = [...page.matchAll(/^\| `([\w-]+\.wgsl)`/gm)].map((match) => match[1]);
  const there = readdirSync(join(root, "shaders")).filter((name) => name.endsWith(".wgsl"));
  expect(listed.sort()).toEqual(there.sort());
});

it("docs/decisions lists every record", () => {
  const folder = join(root, "docs/decisions");
  const index = readFileSync(join(folder, "README.md"), "utf8");
  const records = readdirSync(folder).filter((name) => /^\d{4}-/.test(name));
  expect(records.length).toBeGreaterThan(0);
  expect(records.filter((name) => !index.includes(`(${name})`))).toEqual([]);
});

it(`pictures have at most ${MOST_PICTURE_BYTES / 1000} kB`, () => {
  const folder = join(root, "docs/pictures");
  const large = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).size > MOST_PICTURE_BYTES);
  expect(large.map((path) => relative(root, path))).toEqual([]);
});
