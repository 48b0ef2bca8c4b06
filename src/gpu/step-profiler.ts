/**
 * Times training as it happens: the first step of a submit is encoded with a pass of its own for each dispatch, and the
 * device's timestamps around it come back with the submit's results. What is computed stays the same to the last bit.
 */
import type { GpuMemory } from "./memory.ts";
import { encode, type ReadyDispatch } from "./pipelines.ts";
import { TimestampPairs } from "./timestamps.ts";

/** One step: begin and end of each of its dispatches, by the device's clock in nanoseconds. */
export interface StepSample {
  step: number;
  /** `[2 * dispatches]` */
  stamps: BigUint64Array;
  /** When its submit was handed over, by the host's clock in milliseconds. */
  submitted: number;
}

/** A stretch of the host's clock, in milliseconds. */
export interface HostSpan {
  name: string;
  begin: number;
  end: number;
}

export interface StepTimings {
  /** Names of the dispatches of a step. */
  dispatches: string[];
  /** Empty where the device has no timestamps. */
  samples: StepSample[];
  /** From handing a submit over to its results; several may be under way. */
  submits: HostSpan[];
  /** What the host waited for meanwhile, one after another. */
  waits: HostSpan[];
}

/** More samples than this, and every second one is dropped and every second submit left alone. */
const MOST_SAMPLES = 1024;

export class StepProfiler {
  readonly #memory: GpuMemory;
  readonly #timed: boolean;
  readonly #free: TimestampPairs[] = [];
  #samples: StepSample[] = [];
  #submits: HostSpan[] = [];
  readonly #waits: HostSpan[] = [];
  #names: string[] = [];
  #stride = 1;
  #count = 0;

  /** @param timed whether the device has timestamps; without them only the host's clock is read */
  constructor(memory: GpuMemory, timed: boolean) {
    this.#memory = memory;
    this.#timed = timed;
  }

  get timings(): StepTimings {
    return {
      dispatches: [...this.#names],
      samples: [...this.#samples],
      submits: [...this.#submits],
      waits: [...this.#waits],
    };
  }

  /**
   * Encodes the first step of a submit, where it is this submit's turn.
   * @returns how many steps it has encoded, and what is to be awaited once the commands are submitted
   */
  encode(
    encoder: GPUCommandEncoder,
    dispatches: readonly ReadyDispatch[],
    step: number,
    count: number,
  ): { encoded: number; read: (settled: Promise<unknown>) => Promise<void> } {
    this.#names = dispatches.map(({ plan }) => plan.name);
    const isSampled = this.#count++ % this.#stride === 0;
    const name = `steps ${step + 1} to ${step + count}`;
    const submitted = performance.now();
    const settle = async (settled: Promise<unknown>): Promise<void> => {
      await settled;
      if (isSampled) this.#submits.push({ name, begin: submitted, end: performance.now() });
    };
    if (!isSampled || !this.#timed) return { encoded: 0, read: settle };
    const pairs = this.#free.pop() ?? new TimestampPairs(this.#memory, dispatches.length);
    dispatches.forEach((each, index) => {
      const pass = encoder.beginComputePass({ label: each.plan.name, timestampWrites: pairs.writes(index) });
      encode(pass, [each]);
      pass.end();
    });
    pairs.resolve(encoder);
    const read = async (settled: Promise<unknown>): Promise<void> => {
      const [stamps] = await Promise.all([pairs.read(), settle(settled)]);
      this.#free.push(pairs);
      this.#keep({ step, stamps, submitted });
    };
    return { encoded: 1, read };
  }

  /** Notes how long the host waited for something. */
  async wait<T>(name: string, work: () => Promise<T>): Promise<T> {
    const begin = performance.now();
    const value = await work();
    this.#waits.push({ name, begin, end: performance.now() });
    return value;
  }

  #keep(sample: StepSample): void {
    this.#samples.push(sample);
    if (this.#samples.length < MOST_SAMPLES) return;
    this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
    this.#submits = this.#submits.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }
}
