/** What is kept between runs, in a per-user folder where each system expects one: downloads, tuning tables. */
import { readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { DataError } from "../core/errors.ts";
import type { FileCache } from "../data/file-cache.ts";
import { writeFileAtomically } from "./atomic-write.ts";

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  home: string;
}

/**
 * `BACKLIT_CACHE` itself; else `backlit` in `%LOCALAPPDATA%` on Windows, `~/Library/Caches` on macOS, and
 * `XDG_CACHE_HOME` or `~/.cache` elsewhere.
 */
export function cacheFolder(given: Partial<Surroundings> = {}): string {
  const { env = process.env, platform = process.platform, home = homedir() } = given;
  if (env["BACKLIT_CACHE"]) return resolve(env["BACKLIT_CACHE"]);
  if (platform === "win32") return join(env["LOCALAPPDATA"] || join(home, "AppData", "Local"), "backlit");
  if (platform === "darwin") return join(home, "Library", "Caches", "backlit");
  // The XDG base directory specification has relative paths ignored.
  const xdg = env["XDG_CACHE_HOME"];
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, ".cache"), "backlit");
}

/**
 * @param folder made when the first file is put
 * @param section what is kept, a folder in it
 */
export function createFolderCache(
  folder: string = cacheFolder(),
  section: "data" | "tuning" = "data",
): FileCache & { readonly folder: string } {
  return {
    folder,
    async get(key) {
      try {
        return await readFile(pathOf(folder, section, key));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    put: (key, bytes) => writeFileAtomically(pathOf(folder, section, key), bytes),
    delete: (key) => rm(pathOf(folder, section, key), { force: true }),
  };
}

/** Keys are paths below the folder and must stay there. */
function pathOf(folder: string, section: string, key: string): string {
  const parts = key.split("/");
  if (parts.some((part) => !/^\w[\w.-]*$/.test(part))) {
    throw new DataError(
      "data/cache-key",
      `"${key}" is not a cache key: names of letters, digits, ".", "-" between "/"`,
    );
  }
  return join(folder, section, ...parts);
}
