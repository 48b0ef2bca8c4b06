/**
 * TensorFlow.js as its documentation has it at its best: fused dense layers, `tf.tidy` around a step, `minimize` without
 * the cost, nothing read between steps. Losses are computed by a pass of their own, so that the step that is timed
 * returns none. Its own default of 15 dispatches per submit is swept.
 */
import type * as Core from "@tensorflow/tfjs-core";
import { counted } from "../../core/words.ts";
import { initialParameters } from "../../model/parameters.ts";
import { unavailable, type Contender, type Session } from "../contender.ts";
import type { Workload } from "../workload.ts";
import { Feed, testAccuracy } from "./feed.ts";
import { loadPeer, threadsNote } from "./load.ts";

type Backend = "webgpu" | "wasm";
type Batch = { inputs: Core.Tensor2D; targets: Core.Tensor2D };

/** Dispatches per submit to try: the default, then about a step's, and several steps'. */
const BATCH_SIZES = [15, 60, 240, 960];
const BATCH_FLAG = "WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE";
/** Time of a reading, in milliseconds, where one step does not take longer. */
const SWEEP_MS = 200;

/** @param wasmPath folder of the wasm binaries; where left out, the package finds its own */
export function tfjsContender(backend: Backend, wasmPath?: string): Contender {
  return {
    contender: "tfjs",
    backend,
    async open(workload) {
      const { tf, notes } = await openTensorFlow(backend, wasmPath);
      return new TensorFlowSession(tf, backend, workload, notes);
    },
  };
}

/** @throws BacklitError `bench/unavailable` */
export async function openTensorFlow(
  backend: Backend,
  wasmPath?: string,
): Promise<{ tf: typeof Core; notes: string[] }> {
  const tf = await loadPeer("TensorFlow.js", async () => {
    const core = await import("@tensorflow/tfjs-core");
    // By itself the core knows no gradients.
    await import("@tensorflow/tfjs-core/dist/register_all_gradients");
    return core;
  });
  const threads = await activate(tf, backend, wasmPath);
  return { tf, notes: threads === undefined ? [] : [threadsNote(threads)] };
}

/** Registers a backend and makes it the current one. Returns the threads of a wasm backend. */
async function activate(tf: typeof Core, backend: Backend, wasmPath?: string): Promise<number | undefined> {
  if (backend === "webgpu") {
    await loadPeer("TensorFlow.js", () => import("@tensorflow/tfjs-backend-webgpu"));
    if (!(await tf.setBackend(backend).catch(() => false))) {
      throw unavailable("TensorFlow.js", "its webgpu backend cannot be set up here");
    }
    return undefined;
  }
  const wasm = await loadPeer("TensorFlow.js", () => import("@tensorflow/tfjs-backend-wasm"));
  if (!configured) {
    if (wasmPath !== undefined) wasm.setWasmPaths(wasmPath);
    // By itself it takes a thread for every other core.
    wasm.setThreadsCount(globalThis.navigator?.hardwareConcurrency ?? 1);
    configured = true;
  }
  if (!(await tf.setBackend(backend))) {
    throw unavailable("TensorFlow.js", "its wasm backend cannot be set up here");
  }
  return wasm.getThreadsCount();
}

/** Paths and threads may be set before the backend is made, and only then. */
let configured = false;

class TensorFlowSession implements Session {
  readonly #tf: typeof Core;
  readonly #backend: Backend;
  readonly #workload: Workload;
  readonly #feed: Feed<Batch>;
  readonly #variables: Core.Variable[];
  readonly #optimizer: Core.Optimizer;
  readonly notes: string[];
  /** Dispatches per submit, once the best number is known. */
  #batchSize: number | undefined;

  constructor(tf: typeof Core, backend: Backend, workload: Workload, notes: string[]) {
    this.notes = notes;
    this.#tf = tf;
    this.#backend = backend;
    this.#workload = workload;
    const { network, training } = workload;
    const initial = initialParameters(network, training.seed);
    this.#variables = network.layers.flatMap(({ inputs, units }, layer) => [
      tf.variable(tf.tensor2d(initial[`layers.${layer}.weight`], [inputs, units])),
      tf.variable(tf.tensor1d(initial[`layers.${layer}.bias`])),
    ]);
    const { learningRate, beta1, beta2, epsilon } = training;
    this.#optimizer =
      training.optimizer === "adam"
        ? tf.train.adam(learningRate, beta1, beta2, epsilon)
        : tf.train.sgd(learningRate);
    this.#feed = new Feed<Batch>(
      workload,
      (inputs, targets) => this.#upload(inputs, targets),
      (batch) => tf.dispose(batch),
    );
  }

  async first(): Promise<void> {
    await this.#activate();
    await this.#feed.exact(async (batch) => this.#take(batch));
    await this.checksum();
  }

  async losses(n: number): Promise<number[]> {
    await this.#activate();
    const losses: number[] = [];
    for (let i = 0; i < n; i++) {
      await this.#feed.exact(async (batch) => {
        const loss = this.#tf.tidy(() => this.#loss(batch));
        const [value] = await loss.data();
        loss.dispose();
        losses.push(value);
        this.#take(batch);
      });
    }
    return losses;
  }

  async prepare(): Promise<void> {
    await this.#activate();
    this.#feed.fill();
    await this.checksum();
    if (this.#backend === "webgpu") await this.#sweep();
  }

  async run(n: number): Promise<void> {
    await this.#activate();
    for (let i = 0; i < n; i++) this.#take(this.#feed.next());
  }

  async checksum(): Promise<number> {
    await this.#activate();
    const tf = this.#tf;
    const sum = tf.tidy(() => tf.addN(this.#variables.map((variable) => tf.sum(variable))));
    const [value] = await sum.data();
    sum.dispose();
    return value;
  }

  async accuracy(): Promise<number> {
    await this.#activate();
    const tf = this.#tf;
    return testAccuracy(this.#workload, async (inputs, rows) => {
      const found = tf.tidy(() => {
        const pixels = tf.tensor2d(inputs, [rows, this.#workload.network.input]);
        return tf.argMax(this.#logits(pixels), 1);
      });
      const classes = await found.data();
      found.dispose();
      return classes;
    });
  }

  dispose(): void {
    this.#feed.dispose();
    this.#optimizer.dispose();
    this.#tf.dispose(this.#variables);
  }

  #take(batch: Batch): void {
    this.#tf.tidy(() => {
      this.#optimizer.minimize(() => this.#loss(batch), false, this.#variables);
    });
  }

  /** Mean cross-entropy. */
  #loss({ inputs, targets }: Batch): Core.Scalar {
    const { losses, Reduction } = this.#tf;
    return losses.softmaxCrossEntropy(targets, this.#logits(inputs), undefined, 0, Reduction.MEAN);
  }

  /** A network with ReLU between its layers. */
  #logits(inputs: Core.Tensor2D): Core.Tensor {
    const tf = this.#tf;
    const last = this.#variables.length - 2;
    let activations: Core.Tensor = inputs;
    for (let at = 0; at <= last; at += 2) {
      activations = tf.fused.matMul({
        a: activations,
        b: this.#variables[at],
        bias: this.#variables[at + 1],
        activation: at === last ? "linear" : "relu",
      });
    }
    return activations;
  }

  /** What an operation has made lies on the device; what was only handed over may still lie with the host. */
  #upload(inputs: Float32Array, targets: Float32Array): Batch {
    const { batch } = this.#workload.id;
    const tf = this.#tf;
    const place = (values: Float32Array): Core.Tensor2D =>
      tf.mul(tf.tensor2d(values, [batch, values.length / batch]), 1);
    return tf.tidy(() => ({ inputs: place(inputs), targets: place(targets) }));
  }

  async #sweep(): Promise<void> {
    const time = async (steps: number): Promise<number> => {
      const start = performance.now();
      await this.run(steps);
      await this.checksum();
      return (performance.now() - start) / steps;
    };
    // Several steps to a reading, where they are short: a submit may hold more than one.
    const steps = Math.max(1, Math.ceil(SWEEP_MS / (await time(1))));
    const times: { size: number; ms: number }[] = [];
    for (const size of BATCH_SIZES) {
      this.#batchSize = size;
      times.push({ size, ms: await time(steps) });
    }
    const best = times.reduce((a, b) => (b.ms < a.ms ? b : a));
    this.#batchSize = best.size;
    this.notes.push(
      `${counted(best.size, "dispatch", "dispatches")} per submit, the best of ${BATCH_SIZES.join(", ")}`,
    );
  }

  /** The library has one current backend, and one set of flags, for all that runs in it. */
  async #activate(): Promise<void> {
    await this.#tf.setBackend(this.#backend);
    if (this.#batchSize !== undefined) this.#tf.env().set(BATCH_FLAG, this.#batchSize);
  }
}
