/** Times dispatches that may run any number of times in a row: by the device's timestamps, else by the host's clock. */
import type { ProfileClock } from "../core/profile.ts";
import type { GpuMemory } from "./memory.ts";
import { measure, type Measurement, type MeasureOptions } from "./measure.ts";
import { encode, type ReadyDispatch } from "./pipelines.ts";
import { clockQuantum, hasTimestamps, TimestampPairs } from "./timestamps.ts";

/** Timestamps this coarse (nanoseconds) are used only for batches of this many of them. */
const COARSE = 1000;
const LEAST_QUANTA = 50;
/** Values that are enough to tell how coarse a clock is. */
const ENOUGH = 16;

export class DispatchTimer {
  readonly #memory: GpuMemory;
  readonly #control: GPUBuffer;
  readonly #pair: TimestampPairs | undefined;
  readonly #seen: bigint[] = [];

  /** @param control cleared before every batch, so that each begins with the first entry of its schedule */
  constructor(memory: GpuMemory, control: GPUBuffer) {
    this.#memory = memory;
    this.#control = control;
    this.#pair = hasTimestamps(memory.device) ? new TimestampPairs(memory, 1) : undefined;
  }

  /** Call it after measuring: the quantum is found in what was measured. */
  get clock(): ProfileClock {
    if (this.#pair === undefined) return { method: "wall", quantum: 0 };
    return { method: "timestamps", quantum: clockQuantum(this.#seen) };
  }

  async measure(ready: readonly ReadyDispatch[], options: MeasureOptions): Promise<Measurement> {
    const { quantum } = this.clock;
    const isCoarse = this.#seen.length >= ENOUGH && quantum > COARSE;
    const batchMs = Math.max(options.batchMs, isCoarse ? (LEAST_QUANTA * quantum) / 1e6 : 0);
    return measure((runs) => this.#batch(ready, runs), { ...options, batchMs });
  }

  /** Milliseconds for so many runs, one after another. */
  async #batch(ready: readonly ReadyDispatch[], runs: number): Promise<number> {
    const { device } = this.#memory;
    const encoder = device.createCommandEncoder({ label: "timing" });
    encoder.clearBuffer(this.#control);
    const pass = encoder.beginComputePass({
      label: "timing",
      ...(this.#pair && { timestampWrites: this.#pair.writes(0) }),
    });
    for (let i = 0; i < runs; i++) encode(pass, ready);
    pass.end();
    this.#pair?.resolve(encoder);
    const commands = encoder.finish();
    const start = performance.now();
    device.queue.submit([commands]);
    if (this.#pair === undefined) {
      await device.queue.onSubmittedWorkDone();
      return performance.now() - start;
    }
    const [begin, end] = await this.#pair.read();
    const wall = performance.now() - start;
    this.#seen.push(begin, end);
    // Some drivers count backwards now and then; the host's clock never does.
    return end >= begin ? Number(end - begin) / 1e6 : wall;
  }

  destroy(): void {
    this.#pair?.destroy();
  }
}
