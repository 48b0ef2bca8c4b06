/** Where downloaded files are kept between runs: a folder in Node, the Cache API in a browser, a map in tests. */
export interface FileCache {
  /** The whole file; undefined when it was never put or has gone. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keeps a whole file: after a crash or a full disk, the key has its old contents, its new ones, or none. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Also fine when there is no such file. */
  delete(key: string): Promise<void>;
}

/** The cache key of a catalogue file, for example `"mnist/train-images-idx3-ubyte.gz"`. */
export function cacheKey(dataset: string, file: string): string {
  return `${dataset}/${file}`;
}
