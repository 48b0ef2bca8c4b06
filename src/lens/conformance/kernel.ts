/**
 * Runs dispatches of a plan on their own, with chosen contents in their buffers. Whatever is not written first holds a
 * sentinel, and every buffer goes on behind its end with more of it: a kernel that reads or writes where it should not
 * shows. (An out-of-range write is moved to the last element by some drivers and dropped by others.)
 */
import { writeEntry } from "../../gpu/epoch-schedule.ts";
import { CONTROL_BYTES, FAULT } from "../../gpu/faults.ts";
import { BUFFER_USAGE } from "../../gpu/flags.ts";
import { vectors } from "../../gpu/layout.ts";
import { GpuMemory } from "../../gpu/memory.ts";
import { encode, prepare, type ReadyDispatch } from "../../gpu/pipelines.ts";
import { ENTRY_WORDS } from "../../gpu/plan-programs.ts";
import type { BufferPlan, DispatchPlan } from "../../gpu/plan-types.ts";
import type { ShaderSources } from "../../gpu/shader-sources.ts";
import type { Check } from "./check.ts";

/** Where kernels are checked, and what collects the comparisons. */
export interface CheckContext {
  readonly device: GPUDevice;
  readonly check: Check;
  /** Other shader texts than the product's, to see whether a check notices. */
  readonly shaders?: ShaderSources | undefined;
  /** What has to be done when the check ends, however it does. */
  atEnd(work: () => void): void;
}

/**
 * What words hold that are not given, as bits of floats. `numbers`: about -6.8e24, finite, and nothing a kernel could
 * compute from its inputs. `NaN`: shows also where it is multiplied by 0; what a run that diverged leaves behind.
 */
const FILLERS = { numbers: 0xe8b3a000, NaN: 0x7fc00000 } as const;
export type Filler = keyof typeof FILLERS;

/** Each word of each buffer has one of its own, so that copying them about shows, too. */
const sentinel = (filler: Filler, buffer: number, word: number): number =>
  FILLERS[filler] + ((1237 * buffer + word) % 4093);
const TAIL_WORDS = 64;

/** What is written into a buffer beforehand, at a word. */
export interface Contents {
  at?: number;
  data: Float32Array | Uint32Array | Uint8Array;
}

/** From and to (exclusive), in words. */
export type Range = readonly [from: number, to: number];

/** Words of `rows` rows of `width` values from a vector on. */
export const region = (vector: number, rows: number, width: number) =>
  [4 * vector, 4 * (vector + rows * vectors(width))] as const;

const STORAGE = BUFFER_USAGE.STORAGE | BUFFER_USAGE.COPY_SRC | BUFFER_USAGE.COPY_DST;

export class Kernel {
  readonly #context: CheckContext;
  readonly #memory: GpuMemory;
  readonly #ready: ReadyDispatch[];
  readonly #buffers: ReadonlyMap<string, GPUBuffer>;
  #before = new Map<string, Uint32Array>();
  #after = new Map<string, Uint32Array>();

  private constructor(
    context: CheckContext,
    memory: GpuMemory,
    ready: ReadyDispatch[],
    buffers: ReadonlyMap<string, GPUBuffer>,
  ) {
    this.#context = context;
    this.#memory = memory;
    this.#ready = ready;
    this.#buffers = buffers;
  }

  /** @param plans of all buffers that the dispatches bind; of two with one name the last counts */
  static async open(
    context: CheckContext,
    dispatches: readonly DispatchPlan[],
    plans: readonly BufferPlan[],
  ): Promise<Kernel> {
    const bytes = new Map(plans.map((plan) => [plan.name, plan.bytes]));
    const names = new Set(dispatches.flatMap(({ bindings }) => bindings.map(({ buffer }) => buffer)));
    const memory = new GpuMemory(context.device);
    context.atEnd(() => memory.dispose());
    const buffers = new Map(
      [...names].map((name) => {
        const size = 16 * Math.ceil(bytes.get(name)! / 16) + 4 * TAIL_WORDS;
        return [name, memory.create(`kernel ${name}`, size, STORAGE)];
      }),
    );
    return new Kernel(context, memory, await prepare(context.device, dispatches, buffers), buffers);
  }

  /** Fills, runs, reads back. `control` is cleared and `schedule` given one entry of `rows` rows unless they are given. */
  async run(
    rows: number,
    contents: Readonly<Record<string, readonly Contents[]>>,
    filler: Filler = "numbers",
  ): Promise<void> {
    const { device } = this.#context;
    const entry = new Uint32Array(ENTRY_WORDS);
    writeEntry(entry, 0, { step: 0, first: 0, rows });
    const all: Record<string, readonly Contents[]> = {
      control: [{ data: new Uint32Array(4) }],
      schedule: [{ data: entry }],
      ...contents,
    };
    for (const [index, [name, buffer]] of [...this.#buffers].entries()) {
      const words = Uint32Array.from({ length: buffer.size / 4 }, (_, word) => sentinel(filler, index, word));
      for (const { at = 0, data } of all[name] ?? []) {
        new Uint8Array(words.buffer).set(
          new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
          4 * at,
        );
      }
      device.queue.writeBuffer(buffer, 0, words);
      this.#before.set(name, words);
    }
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    encode(pass, this.#ready);
    pass.end();
    device.queue.submit([encoder.finish()]);
    const read = await Promise.all(
      [...this.#buffers.values()].map((buffer) => this.#memory.read(buffer, 0, buffer.size)),
    );
    this.#after = new Map([...this.#buffers.keys()].map((name, i) => [name, new Uint32Array(read[i])]));
  }

  words(name: string, [from, to]: Range): Uint32Array {
    return this.#after.get(name)!.subarray(from, to);
  }

  floats(name: string, [from, to]: Range): Float32Array {
    return new Float32Array(this.#after.get(name)!.buffer).subarray(from, to);
  }

  /**
   * `checkUntouched`; and the same bits once more amid NaN: what is not given has no part in a result, not even a share
   * of 0.
   */
  async checkAlone(
    what: string,
    rows: number,
    contents: Readonly<Record<string, readonly Contents[]>>,
    written: Readonly<Record<string, readonly Range[]>>,
  ): Promise<void> {
    this.checkUntouched(what, written);
    const first = this.#after;
    await this.run(rows, contents, "NaN");
    for (const [name, ranges] of Object.entries(written)) {
      for (const [from, to] of ranges) {
        const [again, before] = [this.#after, first].map((all) => all.get(name)!.subarray(from, to));
        this.#context.check.equal(`${what}: bits of ${name} from word ${from} amid NaN`, again, before);
      }
    }
    this.checkUntouched(`${what}, amid NaN`, written);
  }

  /** Nothing but these ranges of these buffers has changed; `control` may hold other entries, but no other fault. */
  checkUntouched(what: string, written: Readonly<Record<string, readonly Range[]>>, fault = 0): void {
    const { check } = this.#context;
    for (const name of this.#buffers.keys()) {
      const after = this.#after.get(name)!.slice();
      const before = this.#before.get(name)!;
      if (name === "control") {
        check.equal(`${what}: the fault word`, after.subarray(FAULT, FAULT + 1), [fault]);
        const end = CONTROL_BYTES / 4;
        check.equal(`${what}: words behind control`, after.subarray(end), before.subarray(end));
        continue;
      }
      for (const [from, to] of written[name] ?? []) after.set(before.subarray(from, to), from);
      check.equal(`${what}: words of ${name} outside the result`, after, before);
    }
  }
}
