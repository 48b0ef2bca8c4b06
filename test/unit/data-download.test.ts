import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DownloadError } from "../../src/core/errors.ts";
import type { CatalogueEntry, Mirror } from "../../src/data/catalogue.ts";
import { loadFromCatalogue, type DownloadOptions, type DownloadProgress } from "../../src/data/download.ts";
import type { FileCache } from "../../src/data/file-cache.ts";
import { FILE_NAMES, gzipAll, SMALL, smallCatalogue, smallFiles } from "../support/idx-files.ts";
import { absentMirror, startMirrors, type MirrorServer } from "../support/mirrors.ts";

const STALL_MS = 1500;
const files = gzipAll(smallFiles());
const names = Object.values(FILE_NAMES);
const byName = Object.fromEntries(
  Object.entries(FILE_NAMES).map(([role, name]) => [name, files[role as keyof typeof files]]),
);

let server: MirrorServer;
let absent: string;
beforeAll(async () => {
  server = await startMirrors(byName);
  absent = await absentMirror();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
});

class MapCache implements FileCache {
  readonly files = new Map<string, Uint8Array>();
  get = (key: string) => Promise.resolve(this.files.get(key));
  put = async (key: string, bytes: Uint8Array) => void this.files.set(key, bytes);
  delete = async (key: string) => void this.files.delete(key);
}

interface Setup extends Partial<DownloadOptions> {
  mirrors: (Mirror | string)[];
  entry?: Partial<CatalogueEntry>;
}

function load({ mirrors, entry, ...options }: Setup) {
  const list = mirrors.map((mirror) => (typeof mirror === "string" ? { url: mirror, cors: false } : mirror));
  return loadFromCatalogue("small", {
    environment: "node",
    stallMs: STALL_MS,
    catalogue: smallCatalogue(files, list, entry),
    ...options,
  });
}

async function failure(setup: Setup): Promise<DownloadError> {
  const error: unknown = await load(setup).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DownloadError);
  return error as DownloadError;
}

const withoutSizes = () => {
  const { small } = smallCatalogue(files, []);
  return Object.fromEntries(
    Object.entries(small.files).map(([role, file]) => [role, { ...file, bytes: undefined }]),
  ) as CatalogueEntry["files"];
};

describe("loadFromCatalogue", () => {
  test("fetches, verifies and reads the four files", async () => {
    const dataset = await load({ mirrors: [server.url("good")] });
    expect(dataset).toMatchObject({
      name: "small",
      classes: ["round", "square", "flat"],
      height: 4,
      width: 5,
    });
    expect(dataset.train).toEqual({ images: SMALL.trainImages, labels: SMALL.trainLabels });
    expect(dataset.test).toEqual({ images: SMALL.testImages, labels: SMALL.testLabels });
    expect(server.requests).toEqual(names.map((name) => `/good/${name}`));
  });

  test.each([
    ["corrupt", /have SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}/],
    ["cut", /terminated|closed|aborted/],
    ["short", /cut off after \d+ of \d+ bytes/],
    ["long", /sent more than the file's \d+ bytes/],
    ["wrong-length", /offers \d+ bytes, but the file has \d+/],
    ["missing", /HTTP status 404 Not Found/],
    ["empty", /offers 0 bytes/],
    ["silent", /no byte came for 1.5 s/],
    ["stalled", /no byte came for 1.5 s/],
  ])("goes on from a mirror that is %s, and says why when it is the only one", async (behaviour, reason) => {
    const dataset = await load({ mirrors: [server.url(behaviour), server.url("good")] });
    expect(dataset.train.images).toEqual(SMALL.trainImages);
    // The failed mirror was asked for the first file only.
    expect(server.requests.filter((path) => path.startsWith(`/${behaviour}/`))).toHaveLength(1);

    const error = await failure({ mirrors: [server.url(behaviour)] });
    expect(error.code).toBe(behaviour === "corrupt" ? "download/checksum" : "download/failed");
    expect(error.message).toContain(`${names[0]} of Small`);
    expect(error.message).toMatch(reason);
  });

  test.each(["corrupt", "short", "cut", "long"])(
    "never uses a %s file when sizes are not known",
    async (behaviour) => {
      const error = await failure({ mirrors: [server.url(behaviour)], entry: { files: withoutSizes() } });
      expect(["download/checksum", "download/failed"]).toContain(error.code);
    },
  );

  test("names every mirror tried, why each failed, and what to do", async () => {
    const mirrors = [absent, server.url("missing"), server.url("corrupt"), server.url("stalled")];
    const error = await failure({ mirrors });
    expect(error.code).toBe("download/failed");
    const lines = error.message.split("\n").slice(1);
    expect(lines).toHaveLength(4);
    [/ECONNREFUSED/, /404/, /SHA-256/, /no byte came/].forEach((reason, i) => {
      expect(lines[i]).toContain(mirrors[i]);
      expect(lines[i]).toMatch(reason);
    });
    expect(error.hint).toMatch(/from one of these mirrors.*--data-dir/);
    expect(error.exitCode).toBe(2);
  });

  test("waits for a mirror that is slow but alive, and reports progress", async () => {
    const cache = new MapCache();
    for (const name of names.slice(1)) await cache.put(`small/${name}`, byName[name]);
    const seen: DownloadProgress[] = [];
    const started = performance.now();
    await load({ mirrors: [server.url("slow")], cache, onProgress: (progress) => seen.push(progress) });
    expect(performance.now() - started).toBeGreaterThan(STALL_MS * 1.2);
    const counts = seen.map(({ received }) => received);
    expect(counts.length).toBeGreaterThan(4);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    const size = byName[names[0]].length;
    expect(seen.at(-1)).toEqual({ file: names[0], received: size, total: size, mirror: server.url("slow") });
  });

  test("reports progress without a total where nobody stated one", async () => {
    const last = new Map<string, DownloadProgress>();
    const mirror = server.url("good-unsized");
    const entry = { files: withoutSizes() };
    await load({ mirrors: [mirror], entry, onProgress: (progress) => last.set(progress.file, progress) });
    expect([...last.values()]).toEqual(
      names.map((file) => ({ file, received: byName[file].length, total: undefined, mirror })),
    );
  });

  test("knows only the names of the catalogue", async () => {
    await expect(loadFromCatalogue("toString", { environment: "node" })).rejects.toMatchObject({
      code: "data/unknown",
      hint: "The catalogue has mnist, fashion-mnist, kmnist.",
    });
  });
});

describe("an abort", () => {
  test("in mid-file stops at once and tries no further mirror", async () => {
    const stop = new AbortController();
    const setup = {
      mirrors: [server.url("stalled"), server.url("good")],
      stallMs: 60_000,
      signal: stop.signal,
    };
    const error = await failure({ ...setup, onProgress: () => stop.abort() });
    expect(error.code).toBe("download/aborted");
    expect(server.requests).toEqual([`/stalled/${names[0]}`]);
  });

  test("before the start asks for nothing", async () => {
    const error = await failure({ mirrors: [server.url("good")], signal: AbortSignal.abort() });
    expect(error.code).toBe("download/aborted");
    expect(server.requests).toEqual([]);
  });
});

describe("the cache", () => {
  test("is filled once and used from then on, without the network", async () => {
    const cache = new MapCache();
    const first = await load({ mirrors: [server.url("good")], cache });
    expect([...cache.files.keys()]).toEqual(names.map((name) => `small/${name}`));
    expect(await load({ mirrors: [absent], cache })).toEqual(first);
    expect(server.requests).toHaveLength(4);
  });

  test("gives nothing that does not verify: the file is dropped and fetched again", async () => {
    const cache = new MapCache();
    await load({ mirrors: [server.url("good")], cache });
    const key = `small/${names[2]}`;
    const damaged = new Uint8Array(cache.files.get(key)!);
    damaged[20] ^= 1;
    cache.files.set(key, damaged);
    server.requests.length = 0;
    const warnings: string[] = [];
    const dataset = await load({
      mirrors: [server.url("good")],
      cache,
      onWarning: ({ code, message }) => warnings.push(`${code} ${message}`),
    });
    expect(dataset.test.images).toEqual(SMALL.testImages);
    expect(server.requests).toEqual([`/good/${names[2]}`]);
    expect(cache.files.get(key)).toEqual(byName[names[2]]);
    expect(warnings).toEqual([`cache/corrupt the cached ${key} does not verify; it is dropped`]);

    cache.files.set(key, damaged);
    await failure({ mirrors: [absent], cache });
    expect(cache.files.has(key)).toBe(false);
  });

  test("never keeps what does not verify", async () => {
    const cache = new MapCache();
    await failure({ mirrors: [server.url("corrupt"), server.url("cut")], cache });
    expect(cache.files.size).toBe(0);
  });

  test("may fail: that is a warning, not the end", async () => {
    const broken: FileCache = {
      get: () => Promise.reject(new Error("no access")),
      put: () => Promise.reject(new Error("disk full")),
      delete: () => Promise.resolve(),
    };
    const codes: string[] = [];
    const dataset = await load({
      mirrors: [server.url("good")],
      cache: broken,
      onWarning: ({ code }) => codes.push(code),
    });
    expect(dataset.train.labels).toEqual(SMALL.trainLabels);
    expect(codes).toEqual(names.flatMap(() => ["cache/read", "cache/write"]));
  });
});

describe("in a browser", () => {
  // Stands for the network: mirrors named https lead to the local server.
  const routed: typeof fetch = (input, init) =>
    fetch((input as string).replace("https://cors.example/", server.url("good")), init);

  test("mirrors that a page cannot read are not asked", async () => {
    const mirrors = [
      { url: server.url("good"), cors: true },
      { url: "https://no-cors.example/", cors: false },
      { url: "https://cors.example/", cors: true },
    ];
    const dataset = await load({ mirrors, environment: "browser", fetch: routed });
    expect(dataset.train.labels).toEqual(SMALL.trainLabels);
    expect(server.requests).toHaveLength(4);
  });

  test("the error says which were left out, and why", async () => {
    const mirrors = [
      { url: "http://plain.example/", cors: true },
      { url: "https://no-cors.example/", cors: false },
    ];
    const error = await failure({ mirrors, environment: "browser", fetch: routed });
    expect(error.message).toContain("http://plain.example/: left out: plain HTTP");
    expect(error.message).toContain("https://no-cors.example/: left out: not known to send the CORS headers");
    expect(error.hint).toContain("Try again later");
    expect(server.requests).toEqual([]);
  });
});
