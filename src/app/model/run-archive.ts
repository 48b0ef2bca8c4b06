/** A run directory as one ZIP archive. Pure. */
import { strToU8, unzipSync, zipSync } from "fflate";
import { FileFormatError } from "../../core/errors.ts";

/** Files of a run directory that an archive is read for; others are left alone. */
export const RUN_FILES = [
  "config.json",
  "events.jsonl",
  "model.safetensors",
  "checkpoint.safetensors",
  "report.html",
] as const;

export type RunFiles = Partial<Record<(typeof RUN_FILES)[number], Uint8Array>>;

/** More than any run of this page has; an archive of zeros can promise anything. */
const MOST_BYTES = 2_000_000_000;

const DAMAGED = "The archive was cut off, or is damaged.";

/** Parameters are as good as random to a compressor, so only text is compressed. */
export function packRun(files: RunFiles): Uint8Array {
  const entries = Object.entries(files).map(([name, bytes]) => {
    const level = name.endsWith(".safetensors") ? 0 : 6;
    return [name, [bytes, { level }]] as const;
  });
  return zipSync(Object.fromEntries(entries) as Parameters<typeof zipSync>[0]);
}

/**
 * The run's files, from the archive's top or from one folder in it.
 * @throws FileFormatError `run/zip`, `run/too-large`, `run/twice` or `run/empty`
 */
export function unpackRun(archive: Uint8Array): RunFiles {
  let total = 0;
  const found: Record<string, string> = {};
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(archive, {
      filter({ name: path, originalSize }) {
        const name = path.split("/").at(-1)!;
        if (!RUN_FILES.some((known) => known === name)) return false;
        if (found[name] !== undefined) {
          throw new FileFormatError(
            "run/twice",
            `the archive holds ${name} twice, as ${found[name]} and as ${path}`,
            {
              hint: "Give an archive of one run.",
            },
          );
        }
        found[name] = path;
        total += originalSize;
        if (total > MOST_BYTES) {
          throw new FileFormatError(
            "run/too-large",
            `the archive’s files would take more than ${MOST_BYTES} bytes`,
          );
        }
        return true;
      },
    });
  } catch (error) {
    if (error instanceof FileFormatError) throw error;
    throw new FileFormatError("run/zip", `the archive cannot be unpacked: ${(error as Error).message}`, {
      hint: DAMAGED,
      cause: error,
    });
  }
  const files = Object.fromEntries(Object.entries(found).map(([name, path]) => [name, entries[path]]));
  if (!files["model.safetensors"] && !files["checkpoint.safetensors"]) {
    throw new FileFormatError(
      "run/empty",
      "the archive holds neither a model.safetensors nor a checkpoint.safetensors",
      { hint: "A run directory as Backlit saves it has them at its top." },
    );
  }
  return files;
}

/** Text as a file of the archive. */
export const textFile = strToU8;
