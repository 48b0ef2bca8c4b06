/** Loads a peer's packages, which only those who compare need: a package of Backlit does not carry them. */
import { unavailable } from "../contender.ts";

/** @throws BacklitError `bench/unavailable` that says where peers are to be had */
export async function loadPeer<T>(what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { message } = error as Error;
    const isMissing = /Cannot find (package|module)|dynamically imported module|Failed to fetch/i.test(
      message,
    );
    throw unavailable(
      what,
      isMissing ? "peers come with a checkout of Backlit, not with its package" : message,
      error,
    );
  }
}

/** Shared memory, and with it threads, is only given to pages that isolate themselves. */
export function threadsNote(threads: number): string {
  return threads === 1 ? "one thread" : `${threads} threads`;
}
