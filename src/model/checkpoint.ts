/**
 * A checkpoint as one safetensors file: everything that is needed to go on with a run bit for bit. Tensors keep the
 * type they have in the engine (float64 on the CPU reference); sums and generator are F64 tensors, so that not one bit
 * of them depends on how a number is printed.
 */
import * as v from "valibot";
import type { AdapterSummary, EngineState, EpochSums, FloatArray, Parameters } from "../core/engine.ts";
import { FileFormatError } from "../core/errors.ts";
import { resolveRunOptions, runOptions, type RunOptions } from "../core/run-options.ts";
import {
  networkToSpec,
  resolveNetwork,
  resolveTraining,
  type Network,
  type NetworkSpec,
  type Training,
} from "../core/spec.ts";
import {
  checkStamp,
  datasetSummarySchema,
  inFile,
  parseEntry,
  refuseOthers,
  stamp,
  summarizeDataset,
  takeTensors,
  type DatasetIdentity,
  type DatasetSummary,
} from "./metadata.ts";
import { refuseOtherFile } from "./other-file.ts";
import { checkTensors, momentShapes, parameterShapes, type TensorShape } from "./parameters.ts";
import { readSafetensors, writeSafetensors, type SafeTensor } from "./safetensors.ts";
import { trainerSchema, trainerToJson, type TrainerState } from "./trainer-state.ts";

/** What a run was set up with. */
export interface CheckpointConfig {
  network: NetworkSpec;
  training: Training;
  /** The run's options, resolved; empty where it was not started from options. */
  options: RunOptions;
  dataset: DatasetSummary;
  engine: "gpu" | "cpu";
  precision: "float32" | "float64";
  adapter: AdapterSummary;
  /** Where the command ran it; left out where it was no command. */
  runtime?: "chrome" | "node";
  /** The tuning table's choices, as the engine gives them: plain JSON. */
  tuning: Record<string, unknown>;
}

export interface Checkpoint {
  state: EngineState;
  trainer: TrainerState;
  config: CheckpointConfig;
}

/** Network and dataset may be given whole; the file keeps their specification and summary. */
export interface CheckpointContents {
  state: EngineState;
  trainer: TrainerState;
  config: Omit<CheckpointConfig, "network" | "dataset"> & {
    network: NetworkSpec | Network;
    dataset: DatasetIdentity;
  };
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const progressSchema = v.strictObject({ step: count, epoch: count, position: count });
const configSchema = v.strictObject({
  options: v.record(v.string(), v.unknown()),
  engine: v.picklist(["gpu", "cpu"]),
  precision: v.picklist(["float32", "float64"]),
  adapter: v.strictObject({
    vendor: v.string(),
    architecture: v.string(),
    device: v.string(),
    description: v.string(),
    software: v.boolean(),
  }),
  runtime: v.optional(v.picklist(["chrome", "node"])),
  tuning: v.record(v.string(), v.unknown()),
});

const PARAMETERS = "parameters.";
const MOMENTS = "moments.";
const BEST = "best.";
const GENERATOR = "generator";
const SUMS = "sums";

/** @throws SpecError or ShapeError when the state is not one of this network and optimizer, or not finite. */
export function writeCheckpoint({ state, trainer, config }: CheckpointContents): Uint8Array<ArrayBuffer> {
  const network = "classes" in config.network ? config.network : resolveNetwork(config.network);
  const { optimizer } = config.training;
  const { step, epoch, position, sums } = state;
  const best = trainer.best?.parameters;
  const metadata = {
    ...stamp("checkpoint"),
    network: JSON.stringify(networkToSpec(network)),
    training: JSON.stringify(config.training),
    dataset: JSON.stringify(summarizeDataset(config.dataset)),
    config: JSON.stringify({
      options: config.options,
      engine: config.engine,
      precision: config.precision,
      adapter: config.adapter,
      ...(config.runtime && { runtime: config.runtime }),
      tuning: config.tuning,
    }),
    progress: JSON.stringify({ step, epoch, position }),
    trainer: trainerToJson(trainer),
  };
  const parameters = parameterShapes(network);
  const tensors = Object.fromEntries([
    ...entries(PARAMETERS, state.parameters, parameters),
    ...entries(MOMENTS, state.moments, momentShapes(network, optimizer)),
    ...(best ? entries(BEST, best, parameters) : []),
    numbers(GENERATOR, state.generator),
    numbers(SUMS, [sums.loss, sums.correct, sums.rows]),
  ]);
  return writeSafetensors(tensors, metadata);
}

function entries(prefix: string, values: Parameters, shapes: TensorShape[]): [string, SafeTensor][] {
  checkTensors(`writeCheckpoint, ${prefix.slice(0, -1)}`, values, shapes);
  return shapes.map(({ name, shape }) => [prefix + name, floatTensor(values[name], shape)]);
}

function floatTensor(data: FloatArray, shape: number[]): SafeTensor {
  return data instanceof Float64Array ? { dtype: "F64", shape, data } : { dtype: "F32", shape, data };
}

function numbers(name: string, values: readonly number[]): [string, SafeTensor] {
  return [name, { dtype: "F64", shape: [values.length], data: Float64Array.from(values) }];
}

/**
 * Reads what `writeCheckpoint` wrote, checking all of it.
 * @throws FileFormatError `file/…` for a file of another kind, else `safetensors/…` or `checkpoint/…`
 */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  refuseOtherFile(bytes, "checkpoint");
  const { tensors, metadata } = readSafetensors(bytes);
  checkStamp(metadata, "checkpoint");
  const { config, network } = readConfig(metadata);
  const progress = parseEntry(metadata, "checkpoint", "progress", progressSchema);
  const { best: found, ...trainer } = parseEntry(metadata, "checkpoint", "trainer", trainerSchema);

  const parameters = parameterShapes(network);
  const moments = momentShapes(network, config.training.optimizer);
  const dtypes = [config.precision === "float64" ? "F64" : "F32"] as const;
  const take = (expected: TensorShape[], prefix: string): Parameters =>
    takeTensors(tensors, "checkpoint", expected, prefix, dtypes);
  const state: EngineState = {
    parameters: take(parameters, PARAMETERS),
    moments: take(moments, MOMENTS),
    ...progress,
    generator: readNumbers(tensors, GENERATOR),
    sums: readSums(tensors),
  };
  const best = found && {
    ...found,
    parameters: Object.hasOwn(tensors, BEST + parameters[0].name) ? take(parameters, BEST) : null,
  };
  const known = [
    ...parameters.map(({ name }) => PARAMETERS + name),
    ...moments.map(({ name }) => MOMENTS + name),
    ...(best?.parameters ? parameters.map(({ name }) => BEST + name) : []),
    GENERATOR,
    SUMS,
  ];
  refuseOthers(tensors, "checkpoint", new Set(known));
  return { state, trainer: { ...trainer, best }, config };
}

function readConfig(metadata: Record<string, string>): { config: CheckpointConfig; network: Network } {
  const kind = "checkpoint";
  const spec = parseEntry(metadata, kind, "network", v.unknown());
  const network = inFile(kind, "network", () => resolveNetwork(spec as NetworkSpec));
  const given = parseEntry(metadata, kind, "training", v.looseObject({}));
  const training = inFile(kind, "training", () => resolveTraining(given));
  const dataset = parseEntry(metadata, kind, "dataset", datasetSummarySchema);
  const { options: unchecked, ...rest } = parseEntry(metadata, kind, "config", configSchema);
  const resolved = inFile(kind, "config", () => resolveRunOptions(unchecked));
  const names = Object.keys(runOptions).filter((name) => Object.hasOwn(unchecked, name));
  const options = Object.fromEntries(names.map((name) => [name, resolved[name as keyof RunOptions]]));
  return { network, config: { network: networkToSpec(network), training, options, dataset, ...rest } };
}

function readNumbers(tensors: Record<string, SafeTensor>, name: string): number[] {
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (tensor?.dtype !== "F64" || tensor.shape.length !== 1) {
    const found = tensor ? `${tensor.dtype} [${tensor.shape.join(", ")}]` : "missing";
    throw new FileFormatError(
      `checkpoint/${name}`,
      `the checkpoint's ${name} must be an F64 [n], but is ${found}`,
    );
  }
  return [...tensor.data];
}

function readSums(tensors: Record<string, SafeTensor>): EpochSums {
  const values = readNumbers(tensors, SUMS);
  const [loss, correct, rows] = values;
  const counts = [correct, rows].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (values.length !== 3 || !Number.isFinite(loss) || !counts || correct > rows) {
    throw new FileFormatError(
      "checkpoint/sums",
      `the checkpoint's sums must be [loss, correct, rows] with correct <= rows, but are [${values.join(", ")}]`,
    );
  }
  return { loss, correct, rows };
}
