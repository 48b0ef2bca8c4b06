/**
 * The tuning tables found so far, as one file of a cache: in the command's folder, or in the browser's storage. What cannot
 * be read is as good as nothing and is replaced with the next table that is kept.
 */
import type { FileCache } from "../data/file-cache.ts";
import { isTuning, type Tuning } from "../gpu/tuning.ts";
import type { TuningEvent } from "./job.ts";

const FILE = "tables.json";
/** Most tables that are kept; the oldest go first. */
const MOST = 200;

interface Entry {
  tuning: Tuning;
  /** For people who look into the file. */
  about: Record<string, unknown>;
}

/**
 * By key; only tables of today's form.
 * @param onProblem told why there are none, where the cache cannot be read: then they are found again
 */
export async function readTunings(
  cache: FileCache,
  onProblem?: (message: string) => void,
): Promise<Record<string, Tuning>> {
  try {
    const entries = await readEntries(cache);
    return Object.fromEntries(entries.map(([key, { tuning }]) => [key, tuning]));
  } catch (error) {
    onProblem?.(`the tiles found before cannot be read: ${(error as Error).message}`);
    return {};
  }
}

/** Keeps a table that was found just now, by a search that was not cut short. */
export async function keepTuning(cache: FileCache, { key, tuning, report }: TuningEvent): Promise<void> {
  if (report === null || report.stopped === "aborted") return;
  const { adapter, network, batch, optimizer, mode, seconds, stepMs } = report;
  const about = { adapter, network, batch, optimizer, mode, seconds, stepMs };
  const others = (await readEntries(cache)).filter(([other]) => other !== key);
  const entries = Object.fromEntries([...others, [key, { tuning, about }]].slice(-MOST));
  await cache.put(FILE, new TextEncoder().encode(JSON.stringify(entries, undefined, 1)));
}

/** The oldest first. */
async function readEntries(cache: FileCache): Promise<[string, Entry][]> {
  const bytes = await cache.get(FILE);
  if (bytes === undefined) return [];
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return [];
  }
  if (found === null || typeof found !== "object" || Array.isArray(found)) return [];
  return Object.entries(found).filter((entry): entry is [string, Entry] =>
    isTuning((entry[1] as Partial<Entry> | null)?.tuning),
  );
}
