import { describe, expect, test } from "vitest";
import { browserObstacle, CATALOGUE, catalogueEntry } from "../../src/data/catalogue.ts";

describe.each(Object.entries(CATALOGUE))("catalogue entry %s", (name, entry) => {
  test("is complete and safe to build cache keys and URLs from", () => {
    expect(entry.name).toBe(name);
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(entry.classes).toHaveLength(10);
    expect(new Set(entry.classes).size).toBe(10);
    for (const text of [entry.title, entry.description, entry.licence, entry.authors, entry.citation]) {
      expect(text).not.toBe("");
    }
    for (const url of [entry.homepage, entry.licenceUrl]) expect(URL.canParse(url)).toBe(true);
    expect(entry.mirrors.length).toBeGreaterThan(0);
    for (const { url } of entry.mirrors) {
      expect(url).toMatch(/^https?:\/\/.*\/$/);
      expect(URL.canParse(url)).toBe(true);
    }
    const files = Object.values(entry.files);
    expect(new Set(files.map((file) => file.name)).size).toBe(4);
    expect(new Set(files.map((file) => file.sha256)).size).toBe(4);
    for (const file of files) {
      expect(file.name).toMatch(/^\w[\w.-]*\.gz$/);
      expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});

test("a browser can read MNIST and Fashion-MNIST from some mirror, KMNIST from none", () => {
  const readable = Object.values(CATALOGUE).filter((entry) =>
    entry.mirrors.some((mirror) => !browserObstacle(mirror)),
  );
  expect(readable.map((entry) => entry.name)).toEqual(["mnist", "fashion-mnist"]);
});

test.each([
  ["https://a.example/", true, undefined],
  ["https://a.example/", false, "CORS"],
  ["http://a.example/", true, "plain HTTP"],
])("what keeps a page from %s (CORS %s)", (url, cors, obstacle) => {
  const found = browserObstacle({ url, cors });
  if (obstacle === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(obstacle);
});

test("an unknown name is an error that lists the known ones", () => {
  expect(catalogueEntry("mnist").title).toBe("MNIST");
  expect(() => catalogueEntry("minst")).toThrow(
    expect.objectContaining({
      code: "data/unknown",
      hint: "The catalogue has mnist, fashion-mnist, kmnist.",
    }),
  );
});
