import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeFileAtomically } from "../../src/cli/atomic-write.ts";
import { cacheFolder, createFolderCache } from "../../src/cli/file-cache.ts";
import type { FileCache } from "../../src/data/file-cache.ts";
import { createBrowserCache } from "../../src/worker/browser-cache.ts";
import { fakeCaches } from "../support/fake-caches.ts";
import { pattern } from "../support/idx-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "backlit-cache-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("cacheFolder", () => {
  const home = "/home/ada";
  test.each([
    ["linux", {}, "/home/ada/.cache/backlit"],
    ["linux", { XDG_CACHE_HOME: "/var/ada" }, "/var/ada/backlit"],
    ["linux", { XDG_CACHE_HOME: "relative" }, "/home/ada/.cache/backlit"],
    ["linux", { XDG_CACHE_HOME: "" }, "/home/ada/.cache/backlit"],
    ["darwin", { XDG_CACHE_HOME: "/var/ada" }, "/home/ada/Library/Caches/backlit"],
    ["win32", { LOCALAPPDATA: "/local" }, "/local/backlit"],
    ["win32", {}, "/home/ada/AppData/Local/backlit"],
    ["linux", { BACKLIT_CACHE: "/mine", XDG_CACHE_HOME: "/var/ada" }, "/mine"],
    ["darwin", { BACKLIT_CACHE: "mine" }, resolve("mine")],
  ] as const)("on %s with %o is %s", (platform, env, expected) => {
    expect(cacheFolder({ platform, env, home })).toBe(expected);
  });
});

const kinds: [string, () => FileCache][] = [
  ["folder", () => createFolderCache(folder)],
  ["browser", () => createBrowserCache(fakeCaches())!],
];

describe.each(kinds)("the %s cache", (_, create) => {
  test("gives back what was put, until it is deleted", async () => {
    const cache = create();
    const key = "mnist/train-images-idx3-ubyte.gz";
    expect(await cache.get(key)).toBeUndefined();
    await cache.delete(key);
    const bytes = pattern(5000);
    await cache.put(key, bytes);
    expect(Buffer.compare((await cache.get(key))!, bytes)).toBe(0);
    expect(await cache.get("mnist/other")).toBeUndefined();
    await cache.put(key, Uint8Array.of(1, 2, 3));
    expect([...(await cache.get(key))!]).toEqual([1, 2, 3]);
    await cache.delete(key);
    expect(await cache.get(key)).toBeUndefined();
  });

  test("keeps the part of a larger buffer that it was given", async () => {
    const cache = create();
    await cache.put("a/b", Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
    expect([...(await cache.get("a/b"))!]).toEqual([2, 3]);
  });
});

test("there is no browser cache where the browser has none", () => {
  expect(createBrowserCache(undefined)).toBeUndefined();
});

describe("the folder cache", () => {
  test.each(["../outside", "a/../../b", "/etc/passwd", "a//b", "", "a/.hidden", "a\\b"])(
    "refuses the key %j",
    async (key) => {
      const cache = createFolderCache(join(folder, "inner"));
      await expect(async () => cache.put(key, Uint8Array.of(1))).rejects.toMatchObject({
        code: "data/cache-key",
      });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test("reports a folder it cannot read instead of calling it empty", async () => {
    await writeFile(join(folder, "data"), "a file where the folder should be");
    await expect(createFolderCache(folder).get("a/b")).rejects.toMatchObject({ code: "ENOTDIR" });
  });
});

describe("writeFileAtomically", () => {
  test("makes folders, replaces contents and leaves no temporary file", async () => {
    const path = join(folder, "a", "b", "file.txt");
    await writeFileAtomically(path, "first");
    await writeFileAtomically(path, "second");
    expect(await readFile(path, "utf8")).toBe("second");
    expect(await readdir(join(folder, "a", "b"))).toEqual(["file.txt"]);
  });

  test("leaves nothing behind when it fails", async () => {
    const path = join(folder, "taken");
    await mkdir(join(path, "inner"), { recursive: true });
    await expect(writeFileAtomically(path, "text")).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["taken"]);
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  test("lets writers of one path race: one of them wins whole", async () => {
    const path = join(folder, "race");
    const texts = Array.from({ length: 8 }, (_, i) => String(i).repeat(100_000));
    await Promise.all(texts.map((text) => writeFileAtomically(path, text)));
    expect(texts).toContain(await readFile(path, "utf8"));
    expect(await readdir(folder)).toEqual(["race"]);
  });
});
