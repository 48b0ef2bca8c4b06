/**
 * jax-js as its documentation has it at its best: the whole step, update included, inside one `jit`; every array handed
 * over when it is used for the last time, so that buffers are freed at once; nothing awaited between steps. Losses are
 * computed by a function of their own, so that the step that is timed computes none.
 */
import type * as Jax from "@jax-js/jax";
import { initialParameters } from "../../model/parameters.ts";
import { unavailable, type Contender, type Session } from "../contender.ts";
import type { Workload } from "../workload.ts";
import { Feed, testAccuracy } from "./feed.ts";
import { loadPeer, threadsNote } from "./load.ts";

type JaxModule = typeof Jax;
type Array1 = Jax.Array;
/** Weight and bias of each layer in turn. */
type Tensors = Array1[];
/** Parameters; with Adam also both moments, and the powers of both decay rates. */
type State = { parameters: Tensors; first: Tensors; second: Tensors; powers: Tensors };
type Batch = { inputs: Array1; targets: Array1 };
type Step = (state: State, inputs: Array1, targets: Array1) => State;
type Loss = (parameters: Tensors, inputs: Array1, targets: Array1) => Array1;
type Sum = (parameters: Tensors) => Array1;

export function jaxContender(backend: "webgpu" | "wasm"): Contender {
  return {
    contender: "jax",
    backend,
    async open(workload) {
      const { jax, notes } = await openJax(backend);
      return new JaxSession(jax, backend, workload, notes);
    },
  };
}

/** @throws BacklitError `bench/unavailable` */
export async function openJax(backend: "webgpu" | "wasm"): Promise<{ jax: JaxModule; notes: string[] }> {
  const jax = await loadPeer("jax-js", () => import("@jax-js/jax"));
  const ready = await jax.init(backend);
  if (!ready.includes(backend)) throw unavailable("jax-js", `it finds no ${backend} backend here`);
  return { jax, notes: backend === "wasm" ? [threadsNote(wasmThreads())] : [] };
}

class JaxSession implements Session {
  readonly #jax: JaxModule;
  readonly #device: "webgpu" | "wasm";
  readonly #feed: Feed<Batch>;
  readonly #step: Step;
  readonly #loss: Loss;
  readonly #sum: Sum;
  readonly #classify: (parameters: Tensors, inputs: Array1) => Array1;
  readonly #workload: Workload;
  readonly notes: string[];
  #state: State;

  constructor(jax: JaxModule, device: "webgpu" | "wasm", workload: Workload, notes: string[]) {
    this.#jax = jax;
    this.notes = notes;
    this.#workload = workload;
    this.#device = device;
    const { network, training } = workload;
    const { numpy: np, jit } = jax;
    const array = (values: Float32Array, shape: number[]): Array1 =>
      np.array(values, { shape, dtype: np.float32, device });
    const initial = initialParameters(network, training.seed);
    const parameters = network.layers.flatMap(({ inputs, units }, layer) => [
      array(initial[`layers.${layer}.weight`], [inputs, units]),
      array(initial[`layers.${layer}.bias`], [units]),
    ]);
    const isAdam = training.optimizer === "adam";
    const zeros = (): Tensors =>
      isAdam ? parameters.map(({ shape, size }) => array(new Float32Array(size), shape)) : [];
    this.#state = {
      parameters,
      first: zeros(),
      second: zeros(),
      powers: isAdam ? [array(Float32Array.of(1), []), array(Float32Array.of(1), [])] : [],
    };
    const loss = lossFunction(jax, training.batchSize);
    this.#loss = jit(loss) as Loss;
    this.#step = jit(stepFunction(jax, workload, loss)) as Step;
    this.#sum = jit(sumAll) as Sum;
    this.#classify = jit((tensors: Tensors, inputs: Array1) => np.argmax(logitsOf(jax, tensors, inputs), 1));
    this.#feed = new Feed<Batch>(
      workload,
      (inputs, targets) => ({
        inputs: array(inputs, [training.batchSize, network.input]),
        targets: array(targets, [training.batchSize, network.classes]),
      }),
      (batch) => jax.tree.dispose(batch),
    );
  }

  async first(): Promise<void> {
    this.#activate();
    await this.#feed.exact(async (batch) => this.#take(batch));
    await this.checksum();
  }

  async losses(n: number): Promise<number[]> {
    this.#activate();
    const losses: number[] = [];
    for (let i = 0; i < n; i++) {
      await this.#feed.exact(async (batch) => {
        const { inputs, targets } = batch;
        const parameters = this.#state.parameters.map((tensor) => tensor.ref);
        const [value] = await this.#loss(parameters, inputs.ref, targets.ref).data();
        losses.push(value);
        this.#take(batch);
      });
    }
    return losses;
  }

  async prepare(): Promise<void> {
    this.#activate();
    this.#feed.fill();
    await this.checksum();
  }

  async run(n: number): Promise<void> {
    this.#activate();
    for (let i = 0; i < n; i++) this.#take(this.#feed.next());
  }

  async checksum(): Promise<number> {
    await this.#jax.blockUntilReady(this.#state);
    const [value] = await this.#sum(this.#state.parameters.map((tensor) => tensor.ref)).data();
    return value;
  }

  accuracy(): Promise<number> {
    this.#activate();
    const { numpy: np } = this.#jax;
    return testAccuracy(this.#workload, async (inputs, rows) => {
      const shape = [rows, this.#workload.network.input];
      const pixels = np.array(inputs, { shape, dtype: np.float32, device: this.#device });
      const parameters = this.#state.parameters.map((tensor) => tensor.ref);
      return this.#classify(parameters, pixels).data();
    });
  }

  dispose(): void {
    this.#feed.dispose();
    this.#jax.tree.dispose(this.#state);
  }

  /** The old state is handed over; the batch is kept. */
  #take({ inputs, targets }: Batch): void {
    this.#state = this.#step(this.#state, inputs.ref, targets.ref);
  }

  /** Scalars within the step go to the default device. */
  #activate(): void {
    this.#jax.defaultDevice(this.#device);
  }
}

function sumAll(tensors: Tensors): Array1 {
  return tensors.map((tensor) => tensor.sum()).reduce((a, b) => a.add(b));
}

/** A network with ReLU between its layers. */
function logitsOf({ numpy: np, nn }: JaxModule, parameters: Tensors, inputs: Array1): Array1 {
  const last = parameters.length - 2;
  let activations = inputs;
  for (let at = 0; at <= last; at += 2) {
    const z = np.matmul(activations, parameters[at]).add(parameters[at + 1]);
    activations = at === last ? z : nn.relu(z);
  }
  return activations;
}

/** Mean cross-entropy. */
function lossFunction(jax: JaxModule, rows: number): Loss {
  return (parameters, inputs, targets) => {
    const logits = logitsOf(jax, parameters, inputs);
    return jax.nn
      .logSoftmax(logits)
      .mul(targets)
      .sum()
      .mul(-1 / rows);
  };
}

function stepFunction({ grad, numpy: np }: JaxModule, { training }: Workload, loss: Loss): Step {
  const { learningRate, beta1, beta2, epsilon } = training;
  return ({ parameters, first, second, powers }, inputs, targets) => {
    const gradients = grad(loss)(
      parameters.map((tensor) => tensor.ref),
      inputs,
      targets,
    );
    if (powers.length === 0) {
      const updated = parameters.map((tensor, i) => tensor.sub(gradients[i].mul(learningRate)));
      return { parameters: updated, first, second, powers };
    }
    const power1 = powers[0].mul(beta1);
    const power2 = powers[1].mul(beta2);
    const m = first.map((tensor, i) => tensor.mul(beta1).add(gradients[i].ref.mul(1 - beta1)));
    const v = second.map((tensor, i) => tensor.mul(beta2).add(np.square(gradients[i]).mul(1 - beta2)));
    const updated = parameters.map((tensor, i) => {
      const numerator = m[i].ref.div(np.subtract(1, power1.ref));
      const denominator = np.sqrt(v[i].ref.div(np.subtract(1, power2.ref))).add(epsilon);
      return tensor.sub(numerator.div(denominator).mul(learningRate));
    });
    return { parameters: updated, first: m, second: v, powers: [power1, power2] };
  };
}

/** jax-js starts a worker per core where memory can be shared and there are workers. */
function wasmThreads(): number {
  const { SharedArrayBuffer, Worker } = globalThis as { SharedArrayBuffer?: unknown; Worker?: unknown };
  if (SharedArrayBuffer === undefined || Worker === undefined) return 1;
  return Math.max(1, globalThis.navigator?.hardwareConcurrency || 4);
}
