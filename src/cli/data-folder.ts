/** Datasets for the command line: from folders on disk first, then from the cache, then from the network. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Dataset } from "../core/dataset.ts";
import { DataError } from "../core/errors.ts";
import { CATALOGUE, catalogueEntry, type Catalogue, type CatalogueEntry } from "../data/catalogue.ts";
import {
  DATA_FILE_ROLES,
  datasetFromFiles,
  type DataFileRole,
  type DataFiles,
} from "../data/dataset-files.ts";
import { loadFromCatalogue, type DownloadOptions } from "../data/download.ts";
import type { FileCache } from "../data/file-cache.ts";
import { sha256 } from "../data/hash.ts";
import { isComplete, listDataFiles, missingNames, type FolderContents } from "./data-files.ts";
import { nearest } from "./nearest.ts";
import { cacheFolder, createFolderCache } from "./file-cache.ts";

export interface LoadDatasetOptions extends Pick<
  DownloadOptions,
  "fetch" | "onProgress" | "onWarning" | "signal" | "stallMs"
> {
  /** As given with `--data-dir`: the folder of the four files, or its parent. */
  dataDir?: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** Told the folder, once the dataset was found in one and read. */
  onFolder?: (folder: string) => void;
  /** The per-user cache when left out. */
  cache?: FileCache;
  catalogue?: Catalogue;
}

/**
 * A dataset by its catalogue name (from `dataDir`, else `BACKLIT_DATA`, else the cache, else mirrors), or any folder of
 * four IDX files by its path. A catalogue name wins over a folder of that name, which `./name` still reaches.
 * A `dataDir` without the dataset is an error; `BACKLIT_DATA` may lack it, but must exist.
 */
export async function loadDataset(data: string, options: LoadDatasetOptions = {}): Promise<Dataset> {
  const { dataDir, env = process.env, catalogue = CATALOGUE, onWarning, onFolder } = options;
  if (!Object.hasOwn(catalogue, data)) return readOwnFolder(data, catalogue);
  const entry = catalogue[data];
  const verified = async (contents: FolderContents): Promise<Dataset> => {
    const dataset = await readVerified(contents, entry, onWarning);
    onFolder?.(contents.folder);
    return dataset;
  };
  if (dataDir) return verified(await findEntry(dataDir, entry, "--data-dir"));
  const shared = env["BACKLIT_DATA"];
  if (shared) {
    const contents = await findEntry(shared, entry, "BACKLIT_DATA");
    if (holdsAny(contents)) return verified(contents);
    onWarning?.({
      code: "data/not-in-folder",
      message: `BACKLIT_DATA=${shared} does not hold ${entry.title}; looking in the cache and on the network`,
    });
  }
  return loadFromCatalogue(data, {
    ...options,
    cache: options.cache ?? createFolderCache(),
    environment: "node",
  });
}

/** Where a dataset of the catalogue lies on this machine, without reading it; undefined where it would be fetched. */
export async function findLocally(
  { name, title, files }: CatalogueEntry,
  { env = process.env, folder = cacheFolder() }: { env?: LoadDatasetOptions["env"]; folder?: string } = {},
): Promise<{ place: "BACKLIT_DATA" | "cache"; folder: string } | undefined> {
  const shared = env["BACKLIT_DATA"];
  // A folder that is missing or damaged is for the verbs that read it to complain about.
  const contents = shared
    ? await findEntry(shared, { name, title }, "BACKLIT_DATA").catch(() => undefined)
    : undefined;
  if (contents && isComplete(contents.paths)) return { place: "BACKLIT_DATA", folder: contents.folder };
  const cached = join(folder, "data", name);
  const isCached = Object.values(files).every((file) => existsSync(join(cached, file.name)));
  return isCached ? { place: "cache", folder: cached } : undefined;
}

/**
 * The four files in a folder. Without a catalogue name: in that folder itself, whatever they are. With one: in it or in
 * its subfolder of that name, and they must be that dataset.
 * @throws DataError `data/folder`, `data/missing`, `data/ambiguous`, `data/verify`, and those of `datasetFromFiles`
 */
export async function readDataFolder(
  folder: string,
  name?: string,
  { catalogue = CATALOGUE, onWarning }: Pick<LoadDatasetOptions, "catalogue" | "onWarning"> = {},
): Promise<Dataset> {
  if (name === undefined) return readOwnFolder(folder, catalogue);
  return readCatalogueFolder(folder, catalogueEntry(name, catalogue), "the data folder", onWarning);
}

async function readOwnFolder(folder: string, catalogue: Catalogue): Promise<Dataset> {
  const contents = await listDataFiles(folder);
  if (!contents) {
    const meant = nearest(folder, ["synthetic", ...Object.keys(catalogue)]);
    throw new DataError("data/folder", `there is no dataset and no folder called "${folder}"`, {
      hint: `${meant === undefined ? "" : `Did you mean ${meant}? `}Use synthetic, ${Object.keys(catalogue).join(", ")}, or the path of a folder with four IDX files.`,
    });
  }
  const named = Object.keys(catalogue).filter((name) => contents.entries.includes(name));
  if (!holdsAny(contents) && named.length > 0) {
    throw new DataError(
      "data/parent",
      `${folder} holds no IDX files itself, but folders of ${named.join(", ")}`,
      {
        hint: `Name the dataset and its parent: --data ${named[0]} --data-dir ${folder}`,
      },
    );
  }
  return (await readFiles(contents, { name: basename(resolve(folder)) })).dataset;
}

async function readCatalogueFolder(
  folder: string,
  entry: CatalogueEntry,
  source: string,
  onWarning: LoadDatasetOptions["onWarning"],
): Promise<Dataset> {
  return readVerified(await findEntry(folder, entry, source), entry, onWarning);
}

/** The folder itself when it holds any of the files, else its subfolder named after the dataset. */
async function findEntry(
  folder: string,
  entry: Pick<CatalogueEntry, "name" | "title">,
  source: string,
): Promise<FolderContents> {
  const contents = await listDataFiles(folder);
  if (!contents) {
    throw new DataError("data/folder", `${source} names ${folder}, but there is no such folder`, {
      hint: `It should hold the four files of ${entry.title}, or a folder ${entry.name} that does.`,
    });
  }
  if (holdsAny(contents)) return contents;
  if (!contents.entries.includes(entry.name)) return contents;
  return (await listDataFiles(join(folder, entry.name))) ?? contents;
}

function holdsAny({ paths }: FolderContents): boolean {
  return Object.keys(paths).length > 0;
}

async function readVerified(
  contents: FolderContents,
  entry: CatalogueEntry,
  onWarning: LoadDatasetOptions["onWarning"],
): Promise<Dataset> {
  const { dataset, files, paths } = await readFiles(contents, entry);
  // The rows decide where their sum is known, so that an unpacked or repacked copy passes too.
  if (entry.datasetSha256 !== undefined && dataset.sha256 === entry.datasetSha256) return dataset;
  const gzipped = DATA_FILE_ROLES.filter((role) => /\.gz$/i.test(paths[role]));
  const wrong: string[] = [];
  for (const role of gzipped) {
    if ((await sha256(files[role])) !== entry.files[role].sha256) wrong.push(basename(paths[role]));
  }
  if (wrong.length > 0 || entry.datasetSha256 !== undefined) {
    throw new DataError(
      "data/verify",
      `${contents.folder} is not ${entry.title}: ` +
        (wrong.length > 0
          ? `${wrong.join(", ")} ${wrong.length === 1 ? "differs" : "differ"} from the published file`
          : `its rows have SHA-256 ${dataset.sha256}, not ${entry.datasetSha256}`),
      { hint: `To train on these files as they are, give the folder itself: --data ${contents.folder}` },
    );
  }
  if (gzipped.length < DATA_FILE_ROLES.length) {
    onWarning?.({
      code: "data/unverified",
      message: `${contents.folder}: no sums are known for unpacked files of ${entry.title}; they were not verified`,
    });
  }
  return dataset;
}

async function readFiles(
  { folder, paths, entries }: FolderContents,
  description: { name: string; classes?: readonly string[] },
): Promise<{ dataset: Dataset; files: DataFiles; paths: Record<DataFileRole, string> }> {
  if (!isComplete(paths)) {
    throw new DataError(
      "data/missing",
      `${folder} lacks ${missingNames(paths).join(", ")}; it holds ${summary(entries)}`,
      { hint: "The four files may be gzipped (.gz) or not, and the test files may start with t10k or test." },
    );
  }
  const files: Partial<DataFiles> = {};
  for (const role of DATA_FILE_ROLES) files[role] = await readDataFile(paths[role]);
  const read = files as DataFiles;
  const { name, classes } = description;
  return { dataset: await datasetFromFiles(read, { name, classes, fileNames: paths }), files: read, paths };
}

async function readDataFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new DataError("data/unreadable", `${path} cannot be read: ${(error as Error).message}`, {
      hint: "Check that it is a file and that you may read it.",
      cause: error,
    });
  }
}

function summary(entries: string[]): string {
  if (entries.length === 0) return "nothing";
  const shown = entries.slice(0, 8).join(", ");
  return entries.length > 8 ? `${shown} and ${entries.length - 8} more` : shown;
}
