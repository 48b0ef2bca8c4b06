/**
 * Times training as it happens: the first steps of a submit are encoded with a pass of its own for each dispatch, and the
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

/** Steps of a submit that are timed. */
const STEPS = 8;
/** Submits with samples beyond this number: every second one's are dropped, and every second submit is left alone. */
const MOST_SUBMITS = 256;

export class StepProfiler {
  readonly #memory: GpuMemory;
  readonly #timed: boolean;
  readonly #free: TimestampPairs[] = [];
  /** By submit. */
  #samples: StepSample[][] = [];
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
      samples: this.#samples.flat(),
      submits: [...this.#submits],
      waits: [...this.#waits],
    };
  }

  /**
   * Encodes the first steps of a submit, where it is this submit's turn.
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
    const pairs = this.#free.pop() ?? new TimestampPairs(this.#memory, STEPS * dispatches.length);
    const encoded = Math.min(STEPS, count);
    for (let i = 0; i < encoded * dispatches.length; i++) {
      const each = dispatches[i % dispatches.length];
      const pass = encoder.beginComputePass({ label: each.plan.name, timestampWrites: pairs.writes(i) });
      encode(pass, [each]);
      pass.end();
    }
    pairs.resolve(encoder);
    const read = async (settled: Promise<unknown>): Promise<void> => {
      const [stamps] = await Promise.all([pairs.read(), settle(settled)]);
      this.#free.push(pairs);
      const words = 2 * dispatches.length;
      const samples = Array.from({ length: encoded }, (_, i) => ({
        step: step + i,
        stamps: stamps.slice(i * words, (i + 1) * words),
        submitted,
      }));
      this.#keep(samples);
    };
    return { encoded, read };
  }

  /** Notes how long the host waited for something. */
  async wait<T>(name: string, work: () => Promise<T>): Promise<T> {
    const begin = performance.now();
    const value = await work();
    this.#waits.push({ name, begin, end: performance.now() });
    return value;
  }

  #keep(samples: StepSample[]): void {
    this.#samples.push(samples);
    if (this.#samples.length < MOST_SUBMITS) return;
    this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
    this.#submits = this.#submits.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }
}
