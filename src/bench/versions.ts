/** Versions of Backlit and of its peers, as they were installed when this was built (see vite.config.ts). */
import type { ContenderName } from "./result.ts";

type Peer = Exclude<ContenderName, "backlit">;

declare const BUILT_WITH: Record<string, string> | undefined;

/** By package; empty where nothing was built, as in unit tests. */
export const builtWith: Readonly<Record<string, string>> =
  typeof BUILT_WITH === "undefined" ? {} : BUILT_WITH;

const SCOPES: Readonly<Record<Peer, string>> = { tfjs: "@tensorflow/", jax: "@jax-js/" };

/** Of Backlit and the peers that are measured, not of those that are merely installed. @param all by package */
export function versionsOf(peers: readonly Peer[], all = builtWith): Record<string, string> {
  const isMeasured = (name: string): boolean =>
    name === "backlit" || peers.some((peer) => name.startsWith(SCOPES[peer]));
  return Object.fromEntries(Object.entries(all).filter(([name]) => isMeasured(name)));
}
