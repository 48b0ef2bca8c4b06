/**
 * Every error Backlit throws on purpose, one class per cause. Each carries a `code` that programs can test, a message
 * with the actual values, and a `hint` that says what to do. The command line maps `exitCode` to the process.
 */
import { byteSize, counted, grouped } from "./words.ts";

/** Process exit codes of the command, see the README. */
export const EXIT = {
  done: 0,
  failed: 1,
  badInput: 2,
  noAdapter: 3,
  diverged: 4,
  deviceLost: 5,
  interrupted: 130,
} as const;

export class BacklitError extends Error {
  /** Stable, machine-readable cause, for example `"idx/magic"`. */
  readonly code: string;
  /** What the reader can do about it; may be empty. */
  readonly hint: string;
  readonly exitCode: number;

  constructor(
    code: string,
    message: string,
    options: { hint?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint ?? "";
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}

/** A network, training or run option is not valid. `path` names the option, e.g. `layers.0.units`. */
export class SpecError extends BacklitError {
  readonly path: string;
  constructor(path: string, message: string, hint = "") {
    super(`spec/${path.replace(/\.\d+/g, "") || "invalid"}`, message, { hint, exitCode: EXIT.badInput });
    this.path = path;
  }
}

/** Two shapes do not fit, or an array has the wrong length. */
export class ShapeError extends BacklitError {
  constructor(message: string, hint = "") {
    super("shape", message, { hint, exitCode: EXIT.badInput });
  }
}

/** A data file or data folder is not what it claims to be. Codes: `idx/…`, `gzip/…`, `data/…`, `image/…`. */
export class DataError extends BacklitError {
  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(code, message, { ...options, exitCode: EXIT.badInput });
  }
}

/** No mirror delivered a file that verifies. Codes: `download/failed`, `download/checksum`, `download/aborted`. */
export class DownloadError extends BacklitError {
  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(code, message, { ...options, exitCode: EXIT.badInput });
  }
}

/** A file of Backlit’s own is malformed, or is none. Codes: `safetensors/…`, `model/…`, `checkpoint/…`, `run/…`, `bench/…`, `file/…`. */
export class FileFormatError extends BacklitError {
  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(code, message, { ...options, exitCode: EXIT.badInput });
  }
}

/** The network needs more than the device's limits allow; names the limit. */
export class LimitError extends BacklitError {
  readonly limit: string;
  /** As the limit counts: mostly bytes. */
  readonly needed: number;
  readonly available: number;
  constructor(limit: string, needed: number, available: number, what: string, hint = "") {
    super("gpu/limit", `${what} ${limitText(limit, needed, available)}`, { hint, exitCode: EXIT.badInput });
    this.limit = limit;
    this.needed = needed;
    this.available = available;
  }
}

const LIMITS_IN_BYTES = ["maxStorageBufferBindingSize", "maxBufferSize", "maxComputeWorkgroupStorageSize"];

function limitText(limit: string, needed: number, available: number): string {
  if (!LIMITS_IN_BYTES.includes(limit))
    return `needs ${limit} = ${needed}, but this device allows ${available}`;
  const rounded = [byteSize(needed), byteSize(available)];
  const [takes, allows] =
    rounded[0] === rounded[1] ? [needed, available].map((bytes) => `${grouped(bytes)} bytes`) : rounded;
  return `takes ${takes}, but this device allows ${allows} (${limit})`;
}

/** No usable WebGPU adapter or browser. Codes: `adapter/webgpu`, `adapter/none`, `adapter/software`, `adapter/hardware`, `browser/…`. */
export class AdapterError extends BacklitError {
  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(code, message, { ...options, exitCode: EXIT.noAdapter });
  }
}

/** The GPU reported an error that is Backlit's own fault or the driver's: validation, out of memory, internal. */
export class GpuError extends BacklitError {
  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(code, message, options);
  }
}

/** The GPU device was lost. Thrown by every pending and later call of an engine on that device. */
export class DeviceLostError extends BacklitError {
  readonly reason: string;
  constructor(reason: string, message: string) {
    super("gpu/device-lost", `the GPU device was lost (${reason}): ${message || "no details given"}`, {
      hint:
        "Another device has to be asked for. Training does that by itself and goes on, unless the device is lost again " +
        "within 100 steps or there is no other.",
      exitCode: EXIT.deviceLost,
    });
    this.reason = reason;
  }
}

/** What produced the first non-finite number. */
export interface Fault {
  /** Step that met it, counted from 0. */
  step: number;
  /** Layer index, from 0; the output layer is the last. */
  layer: number;
  /** Which quantity: `"z"`, `"logits"`, `"loss"`, `"dW"`, `"db"`, `"weight"`, `"bias"`, `"moment"`, `"gradientNorm"`. */
  tensor: string;
}

const FAULTS: Readonly<Record<string, string>> = {
  logits: "the logits of LAYER are",
  weight: "the weights of LAYER are",
  bias: "the biases of LAYER are",
  moment: "a moment of LAYER is",
  loss: "the loss is",
  gradientNorm: "the norm of the gradient is",
};

/** `the logits of layers.1 are not finite` */
export function notFiniteText({ tensor, layer }: Pick<Fault, "tensor" | "layer">): string {
  return `${(FAULTS[tensor] ?? `${tensor} of LAYER is`).replace("LAYER", `layers.${layer}`)} not finite`;
}

/** What helps against it. */
export const DIVERGENCE_HINT = "Lower the learning rate, add warm-up, or clip the gradient norm.";

/** Training met a NaN or an infinity. Parameters and moments have been put back to the last good state. */
export class DivergedError extends BacklitError {
  readonly fault: Fault;
  /** The step that the restored state belongs to. */
  readonly restoredStep: number;
  constructor(fault: Fault, restoredStep: number) {
    super("training/diverged", divergenceText(fault, restoredStep), {
      hint: DIVERGENCE_HINT,
      exitCode: EXIT.diverged,
    });
    this.fault = fault;
    this.restoredStep = restoredStep;
  }
}

/** Steps are checked so many at a time: those since the last check are lost, however well they went. */
function divergenceText(fault: Fault, restored: number): string {
  const what = notFiniteText(fault);
  if (fault.step === 0) return `${what} in the first step; the state before it is kept`;
  const when = `after ${counted(fault.step, "step")}, ${what}`;
  const state = restored === 0 ? "before the first step" : `after ${counted(restored, "step")}`;
  return `${when}; the state ${state} is kept${restored < fault.step ? ", the last that was checked" : ""}`;
}

/** An engine was used after `dispose()`. */
export class DisposedError extends BacklitError {
  constructor(what: string) {
    super("disposed", `${what} was called after dispose()`);
  }
}

/** Turns anything thrown into a `BacklitError` without losing the original. */
export function toBacklitError(thrown: unknown): BacklitError {
  if (thrown instanceof BacklitError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new BacklitError("unexpected", message, { cause: thrown });
}
