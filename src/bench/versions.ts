/** Versions of Backlit and of its peers, as they were installed when this was built (see vite.config.ts). */
declare const BUILT_WITH: Record<string, string> | undefined;

/** By package; empty where nothing was built, as in unit tests. */
export const builtWith: Readonly<Record<string, string>> =
  typeof BUILT_WITH === "undefined" ? {} : BUILT_WITH;
