/**
 * What model and checkpoint files share: metadata holds strings only, so structured values are stored as JSON and
 * validated when they come back, and tensors are held against the network that the metadata describes.
 */
import * as v from "valibot";
import type { FloatArray } from "../core/engine.ts";
import { FileFormatError, SpecError } from "../core/errors.ts";
import { MAX_CLASSES, validate } from "../core/spec.ts";
import type { TensorShape } from "./parameters.ts";
import type { SafeTensor } from "./safetensors.ts";

export const FORMAT = "backlit";
/** In the header of a step that `trace` has kept. */
export const REPLAY_FORMAT = "backlit-trace";
/** Raised when files written by this version could be misread by the last one. */
export const VERSION = "1";

/** What a file remembers of the dataset behind it. */
export interface DatasetSummary {
  name: string;
  classes: string[];
  height: number;
  width: number;
  /** See `Dataset.sha256`; `null` where it is not known. */
  sha256: string | null;
}

/** The part of a dataset that `summarizeDataset` reads; a `Dataset` will do. */
export type DatasetIdentity = Omit<DatasetSummary, "sha256"> & { sha256?: string | null };

/** What files store of a dataset. @throws SpecError when it could not be read back */
export function summarizeDataset(dataset: DatasetIdentity): DatasetSummary {
  const { name, classes, height, width, sha256 } = dataset;
  return validate(datasetSummarySchema, { name, classes, height, width, sha256: sha256 ?? null });
}

const count = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));

export const datasetSummarySchema = v.strictObject({
  name: v.string(),
  classes: v.pipe(v.array(v.string()), v.minLength(2), v.maxLength(MAX_CLASSES)),
  height: count(1),
  width: count(1),
  sha256: v.nullable(v.pipe(v.string(), v.hash(["sha256"], "must be 64 hexadecimal digits"))),
});

/** Which training rows a run held out: how many, and the seed that chose them (see `holdOutValidation`). */
export interface HeldOut {
  rows: number;
  seed: number;
}

export const heldOutSchema = v.strictObject({ rows: count(0), seed: count(0) });

type Kind = "model" | "checkpoint";

/** What every file of Backlit's carries. */
export function stamp(kind: Kind): Record<string, string> {
  return { format: FORMAT, kind, version: VERSION };
}

/** @throws FileFormatError `KIND/replay`, `KIND/format`, `KIND/kind` or `KIND/version` */
export function checkStamp(metadata: Record<string, string>, kind: Kind): void {
  const { format, kind: found, version } = metadata;
  if (isReplay(metadata)) {
    throw new FileFormatError(
      `${kind}/replay`,
      `a ${kind} is needed, but the file is a replay file of a trace`,
      {
        hint: "`backlit trace --replay FILE` repeats the step that is in it.",
      },
    );
  }
  if (format !== FORMAT) {
    throw new FileFormatError(
      `${kind}/format`,
      `the file's metadata gives its format as ${JSON.stringify(format) ?? "nothing"}, not "${FORMAT}"`,
      {
        hint: "It is a safetensors file of another program; `train --init` takes one with the right tensors.",
      },
    );
  }
  if (found !== kind) {
    throw new FileFormatError(
      `${kind}/kind`,
      `a ${kind} is needed, but the file is a ${found ?? "nameless kind"}`,
      {
        hint: "A model is for --model and for `train --init`, a checkpoint for `train --resume`.",
      },
    );
  }
  if (version !== VERSION) {
    throw new FileFormatError(
      `${kind}/version`,
      `the file has version ${version ?? "none"}, but this Backlit reads version ${VERSION}`,
      { hint: "Read it with the version of Backlit that wrote it." },
    );
  }
}

/** What `trace` writes has one entry, which says so itself. */
function isReplay(metadata: Record<string, string>): boolean {
  return (
    metadata["format"] === undefined && (metadata["trace"] ?? "").includes(`"format":"${REPLAY_FORMAT}"`)
  );
}

/**
 * One metadata entry, parsed and validated.
 * @throws FileFormatError `KIND/metadata` naming the entry
 */
export function parseEntry<S extends v.GenericSchema>(
  metadata: Record<string, string>,
  kind: Kind,
  key: string,
  schema: S,
): v.InferOutput<S> {
  if (!Object.hasOwn(metadata, key)) {
    throw new FileFormatError(`${kind}/metadata`, `the ${kind}'s metadata has no "${key}"`);
  }
  let value: unknown;
  try {
    value = JSON.parse(metadata[key]);
  } catch (cause) {
    throw new FileFormatError(`${kind}/metadata`, `the ${kind}'s "${key}" is not JSON`, { cause });
  }
  return inFile(kind, key, () => validate(schema, value));
}

/** Runs a check of `core/`; what it finds wrong is the file's fault, not an option's. */
export function inFile<T>(kind: Kind, key: string, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof SpecError)) throw cause;
    throw new FileFormatError(`${kind}/metadata`, `the ${kind}'s "${key}" is not valid: ${cause.message}`, {
      cause,
    });
  }
}

/**
 * The expected tensors under their names without `prefix`.
 * @param dtypes that are accepted
 * @throws FileFormatError `KIND/missing-tensor`, `KIND/dtype`, `KIND/shape` or `KIND/not-finite`
 */
export function takeTensors(
  tensors: Record<string, SafeTensor>,
  kind: Kind,
  expected: TensorShape[],
  prefix: string,
  dtypes: readonly ("F32" | "F64")[],
): Record<string, FloatArray> {
  return Object.fromEntries(
    expected.map(({ name, shape }) => {
      const stored = prefix + name;
      const want = `[${shape.join(", ")}]`;
      if (!Object.hasOwn(tensors, stored)) {
        throw new FileFormatError(`${kind}/missing-tensor`, `the file has no ${stored} ${want}`);
      }
      const tensor = tensors[stored];
      if ((tensor.dtype !== "F32" && tensor.dtype !== "F64") || !dtypes.includes(tensor.dtype)) {
        throw new FileFormatError(
          `${kind}/dtype`,
          `${stored} is ${tensor.dtype}, but must be ${dtypes.join(" or ")}`,
        );
      }
      if (tensor.shape.join() !== shape.join()) {
        throw new FileFormatError(
          `${kind}/shape`,
          `${stored} is [${tensor.shape.join(", ")}], but the network needs ${want}`,
          { hint: "Weights are [inputs, units]; PyTorch's Linear stores [units, inputs]." },
        );
      }
      const { data } = tensor;
      const bad = data.findIndex((value: number) => !Number.isFinite(value));
      if (bad >= 0) {
        throw new FileFormatError(
          `${kind}/not-finite`,
          `${stored}[${bad}] is ${data[bad]}; every value must be finite`,
        );
      }
      return [name, data];
    }),
  );
}

/** @throws FileFormatError `KIND/unknown-tensor` for a tensor that nothing asked for */
export function refuseOthers(
  tensors: Record<string, SafeTensor>,
  kind: Kind,
  known: ReadonlySet<string>,
): void {
  const other = Object.keys(tensors).find((name) => !known.has(name));
  if (other !== undefined) {
    throw new FileFormatError(
      `${kind}/unknown-tensor`,
      `the file has a tensor ${other} [${tensors[other].shape.join(", ")}] that the network does not have`,
    );
  }
}
