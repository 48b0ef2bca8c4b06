/** Backlit itself, through the same interface as everyone who trains with it. */
import type { Engine, EngineOptions } from "../core/engine.ts";
import { networkToSpec } from "../core/spec.ts";
import type { Contender, Session } from "./contender.ts";
import type { Workload } from "./workload.ts";

/** Opens an engine, on tiles that may have been searched for: then with what is to be said of it, and how long it took. */
export type OpenEngine = (
  kind: "gpu" | "cpu",
  options: EngineOptions,
) => Promise<{ engine: Engine; notes?: string[]; searchMs?: number }>;

/** The GPU engine, or the CPU engine in float32: plain loops, and named as such. */
export function engineContender(kind: "gpu" | "cpu", open: OpenEngine): Contender {
  return {
    contender: "backlit",
    backend: kind === "gpu" ? "webgpu" : "cpu",
    async open({ network, training, dataset }: Workload): Promise<Session> {
      const options = { network: networkToSpec(network), training, dataset };
      const { engine, notes = [], searchMs = 0 } = await open(kind, options);
      return new EngineSession(engine, notes, searchMs);
    },
  };
}

class EngineSession implements Session {
  readonly #engine: Engine;
  readonly #ones: Float32Array;
  readonly notes: string[];
  readonly searchMs: number;

  constructor(engine: Engine, notes: readonly string[], searchMs: number) {
    this.#engine = engine;
    this.searchMs = searchMs;
    this.#ones = new Float32Array(engine.network.input).fill(1);
    this.notes =
      engine.kind === "cpu" ? ["plain loops in one thread, not the fastest a CPU can do"] : [...notes];
  }

  async first(): Promise<void> {
    await this.#engine.step();
  }

  /** The engine keeps the records of one epoch and the last, so more steps than that are taken in pieces. */
  async losses(n: number): Promise<number[]> {
    await this.#engine.records();
    const losses: number[] = [];
    while (losses.length < n) {
      await this.#engine.run(Math.min(n - losses.length, this.#engine.stepsPerEpoch));
      for (const { loss } of await this.#engine.records()) losses.push(loss);
    }
    return losses;
  }

  /** Everything is resident from the start; the closing read compiles a program of its own. */
  async prepare(): Promise<void> {
    await this.checksum();
  }

  run(n: number): Promise<void> {
    return this.#engine.run(n);
  }

  /** An input of ones meets every weight. The records come first, as they tell of a divergence. */
  async checksum(): Promise<number> {
    await this.#engine.records();
    const { probabilities } = await this.#engine.predict(this.#ones);
    return probabilities.reduce((sum, value) => sum + value, 0);
  }

  async accuracy(): Promise<number> {
    const { accuracy } = await this.#engine.evaluate("test");
    return accuracy;
  }

  dispose(): void {
    this.#engine.dispose();
  }
}
