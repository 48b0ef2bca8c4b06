/**
 * A step that went wrong, as a file: the state before it, its batch, its numbers and its kernels' tiles, and nothing
 * else, so that anybody can repeat it on any machine.
 */
import * as v from "valibot";
import { FileFormatError } from "../../core/errors.ts";
import type { StepNumbers } from "../../core/schedule.ts";
import { networkToSpec, resolveNetwork, resolveTraining } from "../../core/spec.ts";
import { isTuning } from "../../gpu/tuning.ts";
import { checkLabels } from "../../model/engine-checks.ts";
import { REPLAY_FORMAT } from "../../model/metadata.ts";
import { checkTensors, momentShapes, parameterShapes } from "../../model/parameters.ts";
import { readSafetensors, writeSafetensors, type SafeTensor } from "../../model/safetensors.ts";
import type { Divergence } from "./compare.ts";
import type { TracedStepInputs, TraceSetting } from "./tracer.ts";

const VERSION = 1;

export interface Replay {
  setting: TraceSetting;
  inputs: TracedStepInputs;
  /** The adapter it happened on. */
  adapter: string;
  /** What was found there. */
  first: Omit<Divergence, "origins"> | null;
}

const number = v.pipe(v.number(), v.finite());
/** As `finiteNumbers` writes it. */
const anyNumber = v.union([
  number,
  v.pipe(v.picklist(["NaN", "Infinity", "-Infinity"]), v.transform(Number)),
]);
const headerSchema = v.object({
  format: v.literal(REPLAY_FORMAT),
  version: v.literal(VERSION),
  network: v.any(),
  training: v.any(),
  tuning: v.custom<TraceSetting["tuning"]>(isTuning),
  step: v.pipe(v.number(), v.integer(), v.minValue(0)),
  numbers: v.object({ learningRate: number, stepSize: number, secondMomentScale: number, decay: number }),
  adapter: v.string(),
  first: v.nullable(
    v.looseObject({
      step: v.pipe(v.number(), v.integer(), v.minValue(0)),
      tensor: v.string(),
      kernel: v.string(),
      shape: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
      index: v.pipe(v.number(), v.integer(), v.minValue(0)),
      gpu: anyNumber,
      cpu: anyNumber,
      reference: anyNumber,
      bound: anyNumber,
      fault: v.string(),
    }),
  ),
});

export function writeReplay({ setting, inputs, adapter, first }: Replay): Uint8Array<ArrayBuffer> {
  const { network, training, tuning } = setting;
  const { state, numbers, images, labels } = inputs;
  const shapes = [...parameterShapes(network), ...momentShapes(network, training.optimizer)];
  const values = { ...state.parameters, ...state.moments };
  const tensors = shapes.map(({ name, shape }): [string, SafeTensor] => [
    name,
    { dtype: "F32", shape, data: Float32Array.from(values[name]) },
  ]);
  const rows = labels.length;
  const header = {
    format: REPLAY_FORMAT,
    version: VERSION,
    network: networkToSpec(network),
    training,
    tuning,
    step: state.step,
    numbers,
    adapter,
    first: first && withoutOrigins(first),
  };
  return writeSafetensors(
    {
      ...Object.fromEntries(tensors),
      "batch.images": { dtype: "U8", shape: [rows, network.input], data: images },
      "batch.labels": { dtype: "U8", shape: [rows], data: labels },
    },
    { trace: JSON.stringify(header) },
  );
}

/** They can be large, and a replay makes them again. */
function withoutOrigins(first: Omit<Divergence, "origins">): unknown {
  return finiteNumbers({ ...first, origins: undefined });
}

/** Plain data as JSON can hold it: numbers that are not finite as strings, such as `"NaN"`. */
export function finiteNumbers(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(finiteNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, finiteNumbers(entry)]));
}

/** @throws FileFormatError `safetensors/…`, `trace/…`; SpecError, ShapeError for what does not fit together */
export function readReplay(bytes: Uint8Array): Replay {
  const { tensors, metadata } = readSafetensors(bytes);
  const header = parseHeader(metadata["trace"]);
  const network = resolveNetwork(header.network);
  const training = resolveTraining(header.training);
  const float = (name: string): Float32Array => {
    const tensor = tensors[name];
    if (tensor?.dtype !== "F32") throw malformed(`there are no F32 values of ${name}`);
    return tensor.data;
  };
  const byte = (name: string): Uint8Array => {
    const tensor = tensors[name];
    if (tensor?.dtype !== "U8") throw malformed(`there are no bytes of ${name}`);
    return tensor.data;
  };
  const named = (shapes: { name: string }[]) =>
    Object.fromEntries(shapes.map(({ name }) => [name, float(name)]));
  const parameters = named(parameterShapes(network));
  const moments = named(momentShapes(network, training.optimizer));
  checkTensors("trace: parameters", parameters, parameterShapes(network));
  checkTensors("trace: moments", moments, momentShapes(network, training.optimizer));
  const [images, labels] = [byte("batch.images"), byte("batch.labels")];
  checkLabels("trace", labels, images.length / network.input, network.classes);
  return {
    setting: { network, training, tuning: header.tuning },
    inputs: {
      state: { parameters, moments, step: header.step },
      numbers: header.numbers satisfies StepNumbers,
      images,
      labels,
    },
    adapter: header.adapter,
    first: header.first as unknown as Replay["first"],
  };
}

function parseHeader(text: string | undefined): v.InferOutput<typeof headerSchema> {
  if (text === undefined) throw malformed("it has no entry `trace`");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed(`its entry \`trace\` is no JSON: ${String(cause)}`);
  }
  const result = v.safeParse(headerSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw malformed(`${v.getDotPath(issue) ?? "its header"}: ${issue.message}`);
}

const malformed = (problem: string): FileFormatError =>
  new FileFormatError("trace/format", `this is no replay file of a trace: ${problem}`, {
    hint: "`backlit trace` writes one when it finds a divergence.",
  });
