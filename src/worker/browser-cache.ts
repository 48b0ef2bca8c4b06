/** What is kept between visits in a browser: downloads, tuning tables that were found, the last model: the Cache API, which windows and workers of one origin share. */
import type { FileCache } from "../data/file-cache.ts";
import { blobOf } from "./blob-of.ts";

/** The number rises when what is kept under a key changes meaning. */
const CACHE_NAMES = { data: "backlit-data-1", tuning: "backlit-tuning-1", model: "backlit-model-1" } as const;

/** Entries need URLs; `.invalid` is reserved, so none of these can be anyone's. */
const BASE = "https://cache.backlit.invalid/";

export interface BrowserCache extends FileCache {
  /** As `get`, left where it lies until it is read. */
  getBlob(key: string): Promise<Blob | undefined>;
  /** As `put`, of what the browser holds already. */
  putBlob(key: string, blob: Blob): Promise<void>;
}

/**
 * @param storage the `caches` of the window or worker
 * @returns undefined where there is none: outside secure contexts, and in some private windows
 */
export function createBrowserCache(
  storage: CacheStorage | undefined = globalThis.caches,
  kind: keyof typeof CACHE_NAMES = "data",
): BrowserCache | undefined {
  if (!storage) return undefined;
  const url = (key: string): string => new URL(key, BASE).href;
  const putBlob = async (key: string, blob: Blob): Promise<void> => {
    const cache = await storage.open(CACHE_NAMES[kind]);
    const headers = { "content-type": "application/octet-stream", "content-length": String(blob.size) };
    await cache.put(url(key), new Response(blob, { headers }));
  };
  const match = async (key: string): Promise<Response | undefined> =>
    (await storage.open(CACHE_NAMES[kind])).match(url(key));
  return {
    putBlob,
    get: async (key) => {
      const response = await match(key);
      return response && new Uint8Array(await response.arrayBuffer());
    },
    getBlob: async (key) => (await match(key))?.blob(),
    put: async (key, bytes) => putBlob(key, await blobOf(bytes)),
    async delete(key) {
      const cache = await storage.open(CACHE_NAMES[kind]);
      await cache.delete(url(key));
    },
  };
}
