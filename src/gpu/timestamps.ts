/** The device's own clock: timestamps written at the beginning and end of compute passes, and how coarse they are. */
import { BUFFER_USAGE, MAP_MODE_READ } from "./flags.ts";
import type { GpuMemory } from "./memory.ts";

const BYTES = 8;

/** A device that was asked for them; `requestDevice` does where the adapter has them. */
export function hasTimestamps(device: GPUDevice): boolean {
  return device.features.has("timestamp-query");
}

/** Pairs of timestamps that travel together: written into passes of one encoder, resolved behind them, read once. */
export class TimestampPairs {
  readonly pairs: number;
  readonly #memory: GpuMemory;
  readonly #set: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;

  constructor(memory: GpuMemory, pairs: number) {
    this.pairs = pairs;
    this.#memory = memory;
    this.#set = memory.device.createQuerySet({ label: "timestamps", type: "timestamp", count: 2 * pairs });
    const usage = BUFFER_USAGE.QUERY_RESOLVE | BUFFER_USAGE.COPY_SRC;
    this.#resolved = memory.create("timestamps", 2 * BYTES * pairs, usage);
    this.#staging = memory.staging(2 * BYTES * pairs);
  }

  /** What makes a pass write a pair. */
  writes(pair: number): GPUComputePassTimestampWrites {
    return {
      querySet: this.#set,
      beginningOfPassWriteIndex: 2 * pair,
      endOfPassWriteIndex: 2 * pair + 1,
    };
  }

  /** Behind the passes. */
  resolve(encoder: GPUCommandEncoder): void {
    encoder.resolveQuerySet(this.#set, 0, 2 * this.pairs, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, 2 * BYTES * this.pairs);
  }

  /** Once the encoder's commands are submitted: begin and end of each pair, in nanoseconds. */
  async read(): Promise<BigUint64Array> {
    const bytes = 2 * BYTES * this.pairs;
    await this.#staging.mapAsync(MAP_MODE_READ, 0, bytes);
    const values = new BigUint64Array(this.#staging.getMappedRange(0, bytes).slice(0));
    this.#staging.unmap();
    return values;
  }

  destroy(): void {
    this.#set.destroy();
    this.#memory.destroy([this.#resolved, this.#staging]);
  }
}

/**
 * The step of a clock in nanoseconds: the largest number that divides all distances between its values. Browsers round
 * timestamps to multiples of 65,536 ns or 100,000 ns; 0 where the values do not tell.
 */
export function clockQuantum(values: Iterable<bigint>): number {
  let first: bigint | undefined;
  let quantum = 0n;
  for (const value of values) {
    if (first === undefined) first = value;
    let [a, b] = [value > first ? value - first : first - value, quantum];
    while (b > 0n) [a, b] = [b, a % b];
    quantum = a;
  }
  return Number(quantum);
}
