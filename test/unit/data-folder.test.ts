import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  findLocally,
  loadDataset,
  readDataFolder,
  type LoadDatasetOptions,
} from "../../src/cli/data-folder.ts";
import { createFolderCache } from "../../src/cli/file-cache.ts";
import { DataError } from "../../src/core/errors.ts";
import type { CatalogueEntry } from "../../src/data/catalogue.ts";
import type { DataFileRole, DataFiles } from "../../src/data/dataset-files.ts";
import {
  FILE_NAMES,
  gzipAll,
  idxFile,
  SMALL,
  smallCatalogue,
  smallFiles,
  smallHash,
} from "../support/idx-files.ts";
import { absentMirror, startMirrors } from "../support/mirrors.ts";

const raw = smallFiles();
const packed = gzipAll(raw);
const contentSum = smallHash();
const other = gzipAll({ ...raw, testLabels: idxFile([3], [0, 0, 1]) });

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "backlit-data-"));
});
afterEach(() => rm(root, { recursive: true }));

/** Writes files into a folder below the root and gives its path. */
async function folderOf(
  path: string,
  files: Partial<DataFiles>,
  rename = (name: string) => name,
): Promise<string> {
  const folder = join(root, path);
  await mkdir(folder, { recursive: true });
  for (const [role, bytes] of Object.entries(files)) {
    await writeFile(join(folder, rename(FILE_NAMES[role as DataFileRole])), bytes);
  }
  return folder;
}

const withoutGz = (name: string) => name.replace(".gz", "");
const catalogueOf = (changes: Partial<CatalogueEntry> = {}) => smallCatalogue(packed, [], changes);

async function errorOf(promise: Promise<unknown>): Promise<DataError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

describe("a folder of one's own", () => {
  test.each([
    ["gzipped", packed, (name: string) => name],
    ["raw", raw, withoutGz],
    ["with dots", raw, (name: string) => withoutGz(name).replace("-idx", ".idx")],
    ["with test instead of t10k", packed, (name: string) => name.replace("t10k", "test")],
    ["in capitals", packed, (name: string) => name.toUpperCase()],
    ["with a prefix", packed, (name: string) => `emnist-letters-${name}`],
    ["raw under gzipped names", raw, (name: string) => name],
  ])("is read with its files %s", async (_, files, rename) => {
    const dataset = await loadDataset(await folderOf("shapes", files, rename));
    expect(dataset).toMatchObject({ name: "shapes", height: 4, width: 5, classes: ["0", "1", "2"] });
    expect(dataset.train.images).toEqual(SMALL.trainImages);
    expect(dataset.sha256).toBe(contentSum);
  });

  test("may hold other things, but must hold the four files itself", async () => {
    const folder = await folderOf("parent/small", packed);
    await writeFile(join(folder, "README.md"), "text");
    expect((await readDataFolder(folder)).train.labels).toEqual(SMALL.trainLabels);
    const error = await errorOf(readDataFolder(join(root, "parent")));
    expect(error.code).toBe("data/missing");
    expect(error.message).toContain("it holds small");
  });

  test("lacking files is an error that lists what is there and what is not", async () => {
    const { trainImages, testLabels } = packed;
    const error = await errorOf(loadDataset(await folderOf("half", { trainImages, testLabels })));
    expect(error.code).toBe("data/missing");
    expect(error.message).toContain("lacks train-labels-idx1-ubyte, t10k-images-idx3-ubyte");
    expect(error.message).toContain("it holds t10k-labels-idx1-ubyte.gz, train-images-idx3-ubyte.gz");
  });

  test("that holds folders of datasets is an error that says how to name one", async () => {
    await folderOf("parent/small", packed);
    const parent = join(root, "parent");
    const error = await errorOf(loadDataset(parent, { catalogue: catalogueOf() }));
    expect(error.code).toBe("data/parent");
    expect(error.hint).toContain(`--data small --data-dir ${parent}`);
  });

  test("that is not there is an error that lists the datasets by name", async () => {
    const error = await errorOf(loadDataset("minst"));
    expect(error.code).toBe("data/folder");
    expect(error.hint).toContain("synthetic, mnist, fashion-mnist, kmnist");
    expect(error.hint).toContain("Did you mean mnist?");
    expect((await errorOf(loadDataset("mnst"))).hint).toContain("Did you mean mnist?");
    expect((await errorOf(loadDataset("fashionmnist"))).hint).toContain("Did you mean fashion-mnist?");
    expect((await errorOf(loadDataset("my-letters"))).hint).not.toContain("Did you mean");
    await writeFile(join(root, "file"), "");
    expect((await errorOf(loadDataset(join(root, "file")))).message).toContain("is a file, not a folder");
  });

  test("with two candidates for one file is an error; a raw and a gzipped copy are not", async () => {
    const folder = await folderOf("twice", packed);
    await folderOf("twice", { testLabels: idxFile([1], [0]) }, withoutGz);
    expect((await readDataFolder(folder)).test.labels).toEqual(SMALL.testLabels);
    await folderOf("twice", { testLabels: packed.testLabels }, (name) => name.replace("t10k", "test"));
    const error = await errorOf(readDataFolder(folder));
    expect(error.code).toBe("data/ambiguous");
    expect(error.message).toContain("t10k-labels-idx1-ubyte.gz and test-labels-idx1-ubyte.gz");
  });

  test("names the path of a damaged file", async () => {
    const folder = await folderOf("bad", { ...packed, testImages: packed.testImages.subarray(0, -3) });
    const error = await errorOf(readDataFolder(folder));
    expect(error.code).toBe("gzip/truncated");
    expect(error.message).toContain(join(folder, FILE_NAMES.testImages));
    await rm(join(folder, FILE_NAMES.testImages));
    await mkdir(join(folder, FILE_NAMES.testImages));
    expect((await errorOf(readDataFolder(folder))).code).toBe("data/unreadable");
  });
});

describe("a catalogue dataset in a folder", () => {
  test.each(["small", "."])("is found in the folder itself or its parent (%s)", async (sub) => {
    await folderOf(sub, packed);
    const dataset = await readDataFolder(root, "small", { catalogue: catalogueOf() });
    expect(dataset.classes).toEqual(["round", "square", "flat"]);
    expect(dataset.name).toBe("small");
  });

  test("is read from the folder itself where its subfolder has files too", async () => {
    await folderOf("both", packed);
    await folderOf("both/small", other);
    const dataset = await readDataFolder(join(root, "both"), "small", { catalogue: catalogueOf() });
    expect(dataset.sha256).toBe(contentSum);
  });

  test("must verify; the hint says how to use it all the same", async () => {
    const folder = await folderOf("small", other);
    const error = await errorOf(readDataFolder(folder, "small", { catalogue: catalogueOf() }));
    expect(error.code).toBe("data/verify");
    expect(error.message).toContain(
      "is not Small: t10k-labels-idx1-ubyte.gz differs from the published file",
    );
    expect(error.hint).toContain(`--data ${folder}`);
    expect((await readDataFolder(folder)).test.labels).toEqual(Uint8Array.of(0, 0, 1));
  });

  test("verifies unpacked files by their rows where the sum is known", async () => {
    const catalogue = catalogueOf({ datasetSha256: contentSum });
    expect((await readDataFolder(await folderOf("a", raw, withoutGz), "small", { catalogue })).name).toBe(
      "small",
    );
    const wrong = await folderOf("b", { ...raw, testLabels: idxFile([3], [0, 0, 1]) }, withoutGz);
    const error = await errorOf(readDataFolder(wrong, "small", { catalogue }));
    expect(error.code).toBe("data/verify");
    expect(error.message).toContain(contentSum);
  });

  test("warns where nothing can verify unpacked files", async () => {
    const warnings: string[] = [];
    const folder = await folderOf("a", raw, withoutGz);
    const onWarning: LoadDatasetOptions["onWarning"] = ({ code }) => warnings.push(code);
    await readDataFolder(folder, "small", { catalogue: catalogueOf(), onWarning });
    expect(warnings).toEqual(["data/unverified"]);
    await readDataFolder(await folderOf("b", packed), "small", { catalogue: catalogueOf(), onWarning });
    expect(warnings).toHaveLength(1);
  });
});

describe("loadDataset", () => {
  const elsewhere = async (options: LoadDatasetOptions = {}) => {
    const absent = await absentMirror();
    const catalogue = smallCatalogue(packed, [{ url: absent, cors: false }]);
    return loadDataset("small", {
      catalogue,
      env: {},
      cache: createFolderCache(join(root, "cache")),
      ...options,
    });
  };

  test("takes --data-dir before BACKLIT_DATA", async () => {
    const right = await folderOf("right/small", packed);
    const wrong = await folderOf("wrong/small", other);
    const env = { BACKLIT_DATA: join(wrong, "..") };
    expect((await elsewhere({ dataDir: join(right, ".."), env })).sha256).toBe(contentSum);
    expect((await errorOf(elsewhere({ dataDir: wrong, env: { BACKLIT_DATA: right } }))).code).toBe(
      "data/verify",
    );
  });

  test.each(["", "small"])("takes BACKLIT_DATA as the folder or its parent (%j)", async (sub) => {
    await folderOf("shared/small", packed);
    const dataset = await elsewhere({ env: { BACKLIT_DATA: join(root, "shared", sub) } });
    expect(dataset.sha256).toBe(contentSum);
  });

  test("says which folder the files were found in", async () => {
    const folder = await folderOf("shared/small", packed);
    const found: string[] = [];
    const onFolder = (path: string): number => found.push(path);
    await elsewhere({ env: { BACKLIT_DATA: join(root, "shared") }, onFolder });
    await elsewhere({ dataDir: folder, onFolder });
    expect(found).toEqual([folder, folder]);
  });

  test("knows what is at hand, in BACKLIT_DATA before the cache, without reading it", async () => {
    const entry = catalogueOf()["small"];
    const cache = join(root, "cache");
    const places = (env: LoadDatasetOptions["env"]) => findLocally(entry, { env, folder: cache });
    const env = { BACKLIT_DATA: join(root, "shared") };
    expect(await places({})).toBeUndefined();
    expect(await places(env)).toBeUndefined();
    const cached = await folderOf("cache/data/small", packed);
    expect(await places(env)).toEqual({ place: "cache", folder: cached });
    const { testLabels: _, ...three } = packed;
    const shared = await folderOf("shared/small", three);
    expect(await places(env)).toEqual({ place: "cache", folder: cached });
    await folderOf("shared/small", packed);
    expect(await places(env)).toEqual({ place: "BACKLIT_DATA", folder: shared });
  });

  test("reads a folder that lacks the dataset as an error for --data-dir, and goes on for BACKLIT_DATA", async () => {
    const folder = await folderOf("shared/mnist", packed);
    const parent = join(folder, "..");
    const missing = await errorOf(elsewhere({ dataDir: parent }));
    expect(missing.code).toBe("data/missing");
    expect(missing.message).toContain("it holds mnist");
    const warnings: string[] = [];
    const env = { BACKLIT_DATA: parent };
    const failed = elsewhere({ env, onWarning: ({ code }) => warnings.push(code) });
    await expect(failed).rejects.toMatchObject({ name: "DownloadError", code: "download/failed" });
    expect(warnings).toEqual(["data/not-in-folder"]);
  });

  test.each([
    ["--data-dir", (path: string): LoadDatasetOptions => ({ dataDir: path })],
    ["BACKLIT_DATA", (path: string): LoadDatasetOptions => ({ env: { BACKLIT_DATA: path } })],
  ])("says so when %s names no folder", async (source, options) => {
    const error = await errorOf(elsewhere(options(join(root, "nowhere"))));
    expect(error.code).toBe("data/folder");
    expect(error.message).toContain(`${source} names ${join(root, "nowhere")}`);
  });

  test("an incomplete folder is an error, not a reason to download", async () => {
    const { testLabels: _, ...three } = packed;
    const env = { BACKLIT_DATA: await folderOf("small", three) };
    expect((await errorOf(elsewhere({ env }))).code).toBe("data/missing");
  });

  test("downloads into the cache folder, and needs no network the next time", async () => {
    const files = Object.entries(FILE_NAMES).map(
      ([role, name]) => [name, packed[role as DataFileRole]] as const,
    );
    const server = await startMirrors(Object.fromEntries(files));
    const cache = createFolderCache(join(root, "cache"));
    const catalogue = smallCatalogue(packed, [{ url: server.url("good"), cors: false }]);
    const first = await loadDataset("small", { catalogue, env: {}, cache });
    await server.close();
    expect(first.sha256).toBe(contentSum);
    expect(await elsewhere({ cache })).toEqual(first);
  });
});
