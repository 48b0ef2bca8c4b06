/** What contenders are given: a network, how it is trained, and the bytes it is trained on. */
import type { Dataset } from "../core/dataset.ts";
import {
  resolveNetwork,
  resolveTraining,
  type Network,
  type Optimizer,
  type Training,
} from "../core/spec.ts";
import type { InputKind, WorkloadId } from "./result.ts";

export interface Workload {
  id: WorkloadId;
  network: Network;
  training: Training;
  dataset: Dataset;
}

export interface WorkloadChoice {
  hidden: readonly number[];
  batch: number;
  optimizer: Optimizer;
  input: InputKind;
  /** Rows to train on; as many as the protocol says where left out. */
  trainRows?: number;
}

/**
 * High enough for a wrong rate to show in the losses, and low enough for training to be stable: on the edge of stability
 * rounding grows from step to step, and the curves of right programs part. Curvature grows with the widest layer.
 */
function benchLearningRate(optimizer: Optimizer, hidden: readonly number[]): number {
  const peak = optimizer === "sgd" ? 0.05 : 1e-3;
  return peak * Math.min(1, 512 / Math.max(1, ...hidden));
}

/** Enough epochs for the engines to go on for as long as they are asked. */
const ENDLESS = 1_000_000;

/** A dense network with ReLU between its layers, trained on these rows, or on as many as make whole batches. */
export function createWorkload(choice: WorkloadChoice, data: Dataset, seed: number): Workload {
  const { hidden, batch, optimizer, input } = choice;
  const dataset = wholeBatches(data, batch);
  const network = resolveNetwork({
    input: data.height * data.width,
    layers: [...hidden.map((units) => ({ units })), { units: data.classes.length }],
  });
  const training = resolveTraining({
    epochs: ENDLESS,
    batchSize: batch,
    optimizer,
    learningRate: benchLearningRate(optimizer, hidden),
    seed,
  });
  const trainRows = dataset.train.labels.length;
  const id = { network: networkName(network), batch, optimizer, input, trainRows };
  return { id, network, training, dataset };
}

/** `"784-512-10"` */
export function networkName(network: Network): string {
  return [network.input, ...network.layers.map(({ units }) => units)].join("-");
}

/** Without a short last batch: a peer that compiles for a shape would have to compile twice. */
function wholeBatches(data: Dataset, batch: number): Dataset {
  const rows = Math.max(1, Math.floor(data.train.labels.length / batch)) * batch;
  if (rows === data.train.labels.length) return data;
  return { ...data, train: repeatRows(data, rows) };
}

/** The first `count` rows of the training split, which begins again where it ends. */
function repeatRows({ train, height, width }: Dataset, count: number): Dataset["train"] {
  const size = height * width;
  const have = train.labels.length;
  if (count <= have) {
    return { images: train.images.slice(0, count * size), labels: train.labels.slice(0, count) };
  }
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row += have) {
    const rows = Math.min(have, count - row);
    images.set(train.images.subarray(0, rows * size), row * size);
    labels.set(train.labels.subarray(0, rows), row);
  }
  return { images, labels };
}

/**
 * Floating-point operations of a training step, two per multiply-add: `X.W` forward, `Xt.dZ` for the gradient, and
 * `dZ.Wt` for every layer but the first. What costs little (activations, softmax, updates) is not counted.
 */
export function flopsPerStep(network: Network, batch: number): number {
  return network.layers.reduce((sum, { inputs, units }, layer) => {
    const product = 2 * batch * inputs * units;
    return sum + product * (layer === 0 ? 2 : 3);
  }, 0);
}
