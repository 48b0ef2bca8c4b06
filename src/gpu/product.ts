/**
 * One product of a dense layer by itself, as often as one likes: the kernel and the tile that training uses, on factors
 * given as floats. What it stores does not change what it reads, so that every run finds the same.
 */
import { GpuError } from "../core/errors.ts";
import { writeEntry } from "./epoch-schedule.ts";
import { CONTROL_BYTES, FAULT } from "./faults.ts";
import { padRows, vectors } from "./layout.ts";
import { GpuMemory } from "./memory.ts";
import { encode, prepare, type ReadyDispatch } from "./pipelines.ts";
import { plan } from "./plan.ts";
import { ENTRY_WORDS, planFloats } from "./plan-programs.ts";
import type { PlanLimits } from "./plan-types.ts";

/** `x` is `[rows * inputs]`, `w` is `[inputs * units]`, `dz` is `[rows * units]`. */
export interface ProductFactors {
  x: Float32Array;
  w: Float32Array;
  dz: Float32Array;
}

export interface ProductShape {
  rows: number;
  inputs: number;
  units: number;
}

/** The layer under test lies between others: it has an input gradient, too, and no head behind it that would finish it. */
const LAYER = 1;
const DISPATCHES = { "X.W": "forward", "Xt.dZ": "weight gradient", "dZ.Wt": "input gradient" } as const;

/** Products in one submit. */
const AT_ONCE = 16;

interface Region {
  buffer: string;
  /** In vectors of four floats. */
  at: number;
  vectors: number;
}

export class Product {
  readonly #memory: GpuMemory;
  readonly #buffers: ReadonlyMap<string, GPUBuffer>;
  readonly #dispatch: ReadyDispatch;
  readonly #output: Region;
  /** What the input gradient is multiplied by, where it will be stored. */
  readonly #slope: Region | undefined;

  private constructor(
    memory: GpuMemory,
    buffers: ReadonlyMap<string, GPUBuffer>,
    dispatch: ReadyDispatch,
    output: Region,
    slope: Region | undefined,
  ) {
    this.#memory = memory;
    this.#buffers = buffers;
    this.#dispatch = dispatch;
    this.#output = output;
    this.#slope = slope;
  }

  /** @throws LimitError where the product is too large, GpuError where its kernel does not compile */
  static async create(
    device: GPUDevice,
    kind: keyof typeof DISPATCHES,
    { rows, inputs, units }: ProductShape,
    { x, w, dz }: ProductFactors,
    { limits, software }: { limits: PlanLimits; software: boolean },
  ): Promise<Product> {
    const layers = [
      { units: inputs, activation: "linear" },
      { units, activation: "linear" },
      { units: 4, activation: "linear" },
      { units: 2 },
    ] as const;
    const base = plan(
      { input: 4, layers: [...layers] },
      { batchSize: rows, optimizer: "sgd" },
      { limits, software },
    );
    const program = planFloats(base, limits, rows, true);
    const memory = new GpuMemory(device);
    try {
      const parameters = { name: "parameters", bytes: 16 * base.parameters.vectors, purpose: "" };
      const buffers = memory.allocate([parameters, ...program.buffers], "product");
      const name = `${DISPATCHES[kind]} ${LAYER}`;
      const wanted = program.dispatches.filter((each) => each.name === name);
      const [dispatch] = await prepare(device, wanted, buffers);
      const { activations, deltas } = program.activations;
      const { weight } = base.parameters.layers[LAYER];
      const entry = new Uint32Array(ENTRY_WORDS);
      writeEntry(entry, 0, { step: 0, first: 0, rows });
      memory.upload(buffers.get("schedule")!, entry);
      memory.upload(buffers.get("parameters")!, padRows(w, units), 16 * weight);
      memory.upload(buffers.get("activations")!, padRows(x, inputs), 16 * activations[LAYER - 1]);
      if (kind !== "X.W") memory.upload(buffers.get("activations")!, padRows(dz, units), 16 * deltas[LAYER]);
      const below = { buffer: "activations", at: deltas[LAYER - 1], vectors: rows * vectors(inputs) };
      const outputs: Record<typeof kind, Region> = {
        "X.W": { buffer: "activations", at: activations[LAYER], vectors: rows * vectors(units) },
        "Xt.dZ": { buffer: "gradients", at: weight, vectors: inputs * vectors(units) },
        "dZ.Wt": below,
      };
      return new Product(memory, buffers, dispatch, outputs[kind], kind === "dZ.Wt" ? below : undefined);
    } catch (error) {
      memory.dispose();
      throw error;
    }
  }

  /** Hands it over n times. */
  async run(n: number): Promise<void> {
    const { device } = this.#memory;
    for (let left = n; left > 0; left -= AT_ONCE) {
      const encoder = device.createCommandEncoder({ label: "products" });
      const pass = encoder.beginComputePass({ label: "products" });
      for (let i = 0; i < Math.min(left, AT_ONCE); i++) encode(pass, [this.#dispatch]);
      pass.end();
      device.queue.submit([encoder.finish()]);
    }
  }

  /** Waits for all of them and reads the first numbers. */
  async read(): Promise<number> {
    return sum(await this.#readOutput(1));
  }

  /** The sum over the whole product. @throws GpuError where something was not finite */
  async total(): Promise<number> {
    this.#setSlope(1);
    await this.run(1);
    const output = await this.#readOutput(this.#output.vectors);
    // A product that is stored where its own factor lies must not grow from run to run.
    this.#setSlope(0);
    const control = await this.#memory.read(this.#buffers.get("control")!, 0, CONTROL_BYTES);
    const fault = new Uint32Array(control)[FAULT];
    if (fault !== 0) throw new GpuError("plan/fault", `a product met a number that is not finite (${fault})`);
    return sum(output);
  }

  dispose(): void {
    this.#memory.dispose();
  }

  #setSlope(value: number): void {
    if (this.#slope === undefined) return;
    const values = new Float32Array(4 * this.#slope.vectors).fill(value);
    this.#memory.upload(this.#buffers.get(this.#slope.buffer)!, values, 16 * this.#slope.at);
  }

  async #readOutput(count: number): Promise<Float32Array> {
    const { buffer, at } = this.#output;
    return new Float32Array(await this.#memory.read(this.#buffers.get(buffer)!, 16 * at, 16 * count));
  }
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
