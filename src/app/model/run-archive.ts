/** A run directory as one ZIP archive. Pure. */
import { strToU8, unzipSync, Zip, ZipDeflate } from "fflate";
import { FileFormatError } from "../../core/errors.ts";
import { inPieces } from "../../worker/blob-of.ts";

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

/**
 * Parameters are as good as random to a compressor, so only text is compressed. It takes turns with the event loop, as
 * checkpoints of large networks do not pass in one task.
 */
export async function packRun(files: RunFiles): Promise<Blob> {
  const parts: Blob[] = [];
  const archive = new Zip((error, part) => {
    // Only a name that is too long is an error here.
    if (error) throw error;
    parts.push(new Blob([new Uint8Array(part)]));
  });
  for (const [name, bytes] of Object.entries(files)) {
    const file = new ZipDeflate(name, { level: name.endsWith(".safetensors") ? 0 : 6 });
    archive.add(file);
    for await (const piece of inPieces(bytes)) file.push(piece);
    file.push(new Uint8Array(0), true);
  }
  archive.end();
  return new Blob(parts, { type: "application/zip" });
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
