/**
 * Datasets by name: from the cache or from mirrors in turn, each file verified against the catalogue's SHA-256 before
 * anything reads it. What does not verify is never used, wherever it came from.
 */
import type { Dataset } from "../core/dataset.ts";
import { DownloadError } from "../core/errors.ts";
import { browserObstacle, CATALOGUE, catalogueEntry } from "./catalogue.ts";
import type { Catalogue, CatalogueEntry, CatalogueFile, Mirror } from "./catalogue.ts";
import { DATA_FILE_ROLES, datasetFromFiles, type DataFileRole, type DataFiles } from "./dataset-files.ts";
import { fetchFile } from "./fetch-file.ts";
import { cacheKey, type FileCache } from "./file-cache.ts";
import { canHash, sha256 } from "./hash.ts";

export interface DownloadProgress {
  file: string;
  /** Bytes of this file so far. */
  received: number;
  /** Bytes of the whole file, where known. */
  total: number | undefined;
  /** Folder URL it comes from. */
  mirror: string;
}

/** Something went wrong that did not stop the download. Codes: `cache/corrupt`, `cache/read`, `cache/write`. */
export interface DownloadWarning {
  code: string;
  message: string;
}

export interface DownloadOptions {
  /** Without one, every call fetches again. */
  cache?: FileCache;
  /** A browser can read only mirrors that serve https with CORS headers; the others are left out there. */
  environment: "node" | "browser";
  fetch?: typeof globalThis.fetch;
  onProgress?: (progress: DownloadProgress) => void;
  onWarning?: (warning: DownloadWarning) => void;
  signal?: AbortSignal;
  /** A mirror that sends nothing for this long is given up. */
  stallMs?: number;
  catalogue?: Catalogue;
}

const STALL_MS = 20_000;

/**
 * A dataset of the catalogue.
 * @throws DataError `data/unknown`; DownloadError `download/failed` naming every mirror and its failure,
 *   `download/checksum` when all that failed was verification, `download/aborted`, `download/insecure-context`
 */
export async function loadFromCatalogue(name: string, options: DownloadOptions): Promise<Dataset> {
  const entry = catalogueEntry(name, options.catalogue ?? CATALOGUE);
  return datasetFromFiles(await downloadFiles(entry, options), { name: entry.name, classes: entry.classes });
}

/** The four verified files of an entry, gzipped as published. Throws as `loadFromCatalogue` does. */
export async function downloadFiles(entry: CatalogueEntry, options: DownloadOptions): Promise<DataFiles> {
  if (!canHash()) {
    throw new DownloadError("download/insecure-context", "this page cannot verify what it downloads", {
      hint: "Open the page over https or on localhost.",
    });
  }
  const files: Partial<Record<DataFileRole, Uint8Array>> = {};
  const mirrors = [...entry.mirrors];
  for (const role of DATA_FILE_ROLES) {
    const file = entry.files[role];
    files[role] =
      (await fromCache(entry, file, options)) ?? (await fromMirrors(entry, file, mirrors, options));
  }
  return files as DataFiles;
}

async function fromCache(
  entry: CatalogueEntry,
  file: CatalogueFile,
  { cache, onWarning }: DownloadOptions,
): Promise<Uint8Array | undefined> {
  if (!cache) return undefined;
  const key = cacheKey(entry.name, file.name);
  try {
    const bytes = await cache.get(key);
    if (!bytes || (await sha256(bytes)) === file.sha256) return bytes;
    onWarning?.({ code: "cache/corrupt", message: `the cached ${key} does not verify; it is dropped` });
    await cache.delete(key);
  } catch (error) {
    onWarning?.({ code: "cache/read", message: `the cache could not give ${key}: ${messageOf(error)}` });
  }
  return undefined;
}

/** @param mirrors reordered: one that delivered comes first for the next file */
async function fromMirrors(
  entry: CatalogueEntry,
  file: CatalogueFile,
  mirrors: Mirror[],
  options: DownloadOptions,
): Promise<Uint8Array> {
  const failures: MirrorFailure[] = [];
  for (const mirror of mirrors) {
    const obstacle = options.environment === "browser" ? browserObstacle(mirror) : undefined;
    if (obstacle) {
      failures.push({ mirror, reason: `left out: ${obstacle}`, kind: "skipped" });
      continue;
    }
    let bytes: Uint8Array;
    try {
      bytes = await fetchFile(mirror.url + file.name, {
        fetch: options.fetch ?? globalThis.fetch,
        bytes: file.bytes,
        stallMs: options.stallMs ?? STALL_MS,
        signal: options.signal,
        onBytes: (received, total) =>
          options.onProgress?.({ file: file.name, received, total, mirror: mirror.url }),
      });
    } catch (error) {
      if (error instanceof DownloadError) throw error;
      failures.push({ mirror, reason: messageOf(error), kind: "failed" });
      continue;
    }
    const sum = await sha256(bytes);
    if (sum !== file.sha256) {
      failures.push({
        mirror,
        reason: `its ${bytes.length} bytes have SHA-256 ${sum}, not ${file.sha256}`,
        kind: "checksum",
      });
      continue;
    }
    mirrors.splice(mirrors.indexOf(mirror), 1);
    mirrors.unshift(mirror);
    await toCache(entry, file, bytes, options);
    return bytes;
  }
  throw noMirror(entry, file, failures, options.environment);
}

interface MirrorFailure {
  mirror: Mirror;
  reason: string;
  kind: "skipped" | "failed" | "checksum";
}

function noMirror(
  entry: CatalogueEntry,
  file: CatalogueFile,
  failures: MirrorFailure[],
  environment: DownloadOptions["environment"],
): DownloadError {
  const tried = failures.filter(({ kind }) => kind !== "skipped");
  const onlyChecksums = tried.length > 0 && tried.every(({ kind }) => kind === "checksum");
  const reasons = failures.map(({ mirror, reason }) => `  ${mirror.url}: ${reason}`);
  return new DownloadError(
    onlyChecksums ? "download/checksum" : "download/failed",
    [`no mirror delivered ${file.name} of ${entry.title}:`, ...reasons].join("\n"),
    {
      hint:
        environment === "browser"
          ? "Try again later, or over another network."
          : `Get the four files of ${entry.title} elsewhere, from one of these mirrors, and name their folder with ` +
            "--data-dir DIR or BACKLIT_DATA; or train on --data synthetic, which needs no network.",
    },
  );
}

/** A full disk or a private window costs a download next time, not this run. */
async function toCache(
  entry: CatalogueEntry,
  file: CatalogueFile,
  bytes: Uint8Array,
  { cache, onWarning }: DownloadOptions,
): Promise<void> {
  const key = cacheKey(entry.name, file.name);
  try {
    await cache?.put(key, bytes);
  } catch (error) {
    onWarning?.({ code: "cache/write", message: `${key} could not be cached: ${messageOf(error)}` });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
