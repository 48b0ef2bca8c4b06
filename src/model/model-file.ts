/**
 * A trained model as one safetensors file: float32 parameters under the names of the engines, and in the metadata
 * everything that is needed to use them: the network, what a pixel becomes, the classes and the image size.
 */
import * as v from "valibot";
import type { Parameters } from "../core/engine.ts";
import { FileFormatError } from "../core/errors.ts";
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
  heldOutSchema,
  inFile,
  parseEntry,
  refuseOthers,
  stamp,
  summarizeDataset,
  takeTensors,
  type DatasetIdentity,
  type DatasetSummary,
  type HeldOut,
} from "./metadata.ts";
import { refuseOtherFile } from "./other-file.ts";
import { checkTensors, parameterShapes } from "./parameters.ts";
import { readSafetensors, writeSafetensors, type SafeTensor } from "./safetensors.ts";

/** What a pixel becomes: `f32(u8) * f32(1/255)`. */
export const PREPROCESSING = "u8/255";

export interface ModelContents {
  network: NetworkSpec | Network;
  /** `[inputs * units]` and `[units]` values each; float64 ones are rounded to float32. */
  parameters: Parameters;
  /** What it was trained on: a `Dataset`, or as much of one. */
  dataset: DatasetIdentity;
  /** How it was trained. */
  training?: Training;
  /** The validation rows it was not trained on. */
  validation?: HeldOut;
  /** Figures to keep with the model, such as its test accuracy: plain JSON. */
  metrics?: Record<string, unknown>;
}

export interface Model {
  network: NetworkSpec;
  parameters: Record<string, Float32Array>;
  dataset: DatasetSummary;
  preprocessing: typeof PREPROCESSING;
  training: Training | null;
  /** `null` where the file does not say. */
  validation: HeldOut | null;
  metrics: Record<string, unknown> | null;
}

/**
 * @throws SpecError for a network or dataset that is not valid, ShapeError for parameters that are not its own or not finite in
 *   float32, FileFormatError `model/dataset` when images or classes do not fit it
 */
export function writeModel(model: ModelContents): Uint8Array<ArrayBuffer> {
  const { training, validation, metrics } = model;
  const dataset = summarizeDataset(model.dataset);
  const network = isResolved(model.network) ? model.network : resolveNetwork(model.network);
  const parameters = Object.fromEntries(
    Object.entries(model.parameters).map(([name, values]) => [name, Float32Array.from(values)]),
  );
  const shapes = parameterShapes(network);
  checkTensors("writeModel", parameters, shapes);
  checkFit(network, dataset);
  const tensors = shapes.map(({ name, shape }): [string, SafeTensor] => [
    name,
    { dtype: "F32", shape, data: parameters[name] },
  ]);
  return writeSafetensors(Object.fromEntries(tensors), {
    ...stamp("model"),
    network: JSON.stringify(networkToSpec(network)),
    preprocessing: PREPROCESSING,
    dataset: JSON.stringify(dataset),
    ...(training && { training: JSON.stringify(training) }),
    ...(validation && { validation: JSON.stringify(validation) }),
    ...(metrics && { metrics: JSON.stringify(metrics) }),
  });
}

/**
 * Reads what `writeModel` wrote, checking all of it.
 * @throws FileFormatError `file/…` for a file of another kind, else `safetensors/…` or `model/…`
 */
export function readModel(bytes: Uint8Array): Model {
  refuseOtherFile(bytes, "model");
  const { tensors, metadata } = readSafetensors(bytes);
  checkStamp(metadata, "model");
  if (metadata["preprocessing"] !== PREPROCESSING) {
    throw new FileFormatError(
      "model/preprocessing",
      `the model wants its pixels as ${JSON.stringify(metadata["preprocessing"]) ?? "nothing"}, ` +
        `but Backlit gives them as "${PREPROCESSING}"`,
    );
  }
  const spec = parseEntry(metadata, "model", "network", v.unknown());
  const network = inFile("model", "network", () => resolveNetwork(spec as NetworkSpec));
  const dataset = parseEntry(metadata, "model", "dataset", datasetSummarySchema);
  checkFit(network, dataset);
  const has = (key: string): boolean => Object.hasOwn(metadata, key);
  const training = has("training")
    ? inFile("model", "training", () =>
        resolveTraining(parseEntry(metadata, "model", "training", v.looseObject({}))),
      )
    : null;
  const validation = has("validation") ? parseEntry(metadata, "model", "validation", heldOutSchema) : null;
  const metrics = has("metrics") ? parseEntry(metadata, "model", "metrics", v.looseObject({})) : null;
  const parameters = networkParameters(tensors, network);
  return {
    network: networkToSpec(network),
    parameters,
    dataset,
    preprocessing: PREPROCESSING,
    training,
    validation,
    metrics,
  };
}

/**
 * Parameters to start a network from: of a model of Backlit's, or of any safetensors file that holds tensors of these
 * names and shapes in F32.
 * @throws FileFormatError `file/…` for a file of another kind, else `safetensors/…` or `model/…`
 */
export function readInitialParameters(
  bytes: Uint8Array,
  network: NetworkSpec | Network,
): Record<string, Float32Array> {
  refuseOtherFile(bytes, "model");
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata["format"] === "backlit") checkStamp(metadata, "model");
  return networkParameters(tensors, isResolved(network) ? network : resolveNetwork(network));
}

function networkParameters(
  tensors: Record<string, SafeTensor>,
  network: Network,
): Record<string, Float32Array> {
  const shapes = parameterShapes(network);
  const parameters = takeTensors(tensors, "model", shapes, "", ["F32"]);
  refuseOthers(tensors, "model", new Set(shapes.map(({ name }) => name)));
  return parameters as Record<string, Float32Array>;
}

function checkFit(network: Network, { height, width, classes }: DatasetSummary): void {
  if (height * width !== network.input) {
    throw new FileFormatError(
      "model/dataset",
      `images of ${height} x ${width} have ${height * width} pixels, but the network takes ${network.input} inputs`,
    );
  }
  if (classes.length !== network.classes) {
    throw new FileFormatError(
      "model/dataset",
      `there are ${classes.length} class names, but the network has ${network.classes} outputs`,
    );
  }
}

function isResolved(network: NetworkSpec | Network): network is Network {
  return "classes" in network;
}
