/**
 * Hands training steps to the device, many per submit, and collects what comes back. Nothing is awaited between steps:
 * losses and the fault flag are copied into a staging buffer behind each submit and read when it arrives. Every submit
 * ends with a snapshot of the state, so that the last good one is at most a submit old.
 */
import type { EpochSums, StepRecord } from "../core/engine.ts";
import { DivergedError, type Fault } from "../core/errors.ts";
import { stepNumbers } from "../core/schedule.ts";
import type { BatchSequence } from "../data/batches.ts";
import { epochEntries, writeEntry } from "./epoch-schedule.ts";
import { CONTROL_BYTES, decodeFault, FAULT, FAULT_ENTRY } from "./faults.ts";
import { MAP_MODE_READ } from "./flags.ts";
import type { GpuMemory } from "./memory.ts";
import { encode, type ReadyDispatch } from "./pipelines.ts";
import { stateBuffers } from "./plan.ts";
import { ENTRY_WORDS, RESULT_BYTES } from "./plan-programs.ts";
import type { Plan } from "./plan-types.ts";
import type { StepProfiler } from "./step-profiler.ts";

/** Where training stands, without the tensors. */
export interface Place {
  step: number;
  epoch: number;
  position: number;
  generator: number[];
  sums: EpochSums;
}

interface Submit {
  /** Schedule entry and step number of its first step. */
  entry: number;
  step: number;
  count: number;
  /** False for steps on chosen rows, which are not part of the epoch. */
  inEpoch: boolean;
  /** Where training stands behind it, sums aside. */
  after: Omit<Place, "sums">;
  settled: Promise<void>;
}

/** Submits that may be under way before `take` waits. */
const MOST_IN_FLIGHT = 3;

export class StepQueue {
  readonly #memory: GpuMemory;
  readonly #plan: Plan;
  readonly #step: ReadyDispatch[];
  readonly #snapshot: ReadyDispatch;
  readonly #buffers: ReadonlyMap<string, GPUBuffer>;
  readonly #batches: BatchSequence;
  readonly #profiler: StepProfiler | undefined;
  readonly #freeStaging: GPUBuffer[] = [];
  #inFlight: Submit[] = [];
  #records: StepRecord[] = [];
  /** Steps handed over. */
  #taken = 0;
  #settledPlace: Place;
  #fault: Fault | undefined;
  /** Entries on the device no longer fit the step count. */
  #entriesStale = true;
  #permutationStale = true;
  /** What NEXT will be once all submits are through; undefined when it must be written. */
  #nextEntry: number | undefined;
  submits = 0;
  stepsTaken = 0;

  constructor(
    memory: GpuMemory,
    plan: Plan,
    ready: { step: ReadyDispatch[]; snapshot: ReadyDispatch },
    buffers: ReadonlyMap<string, GPUBuffer>,
    batches: BatchSequence,
    profiler?: StepProfiler,
  ) {
    this.#profiler = profiler;
    this.#memory = memory;
    this.#plan = plan;
    this.#step = ready.step;
    this.#snapshot = ready.snapshot;
    this.#buffers = buffers;
    this.#batches = batches;
    this.#settledPlace = { ...this.#issuedPlace(), sums: { loss: 0, correct: 0, rows: 0 } };
  }

  /** The next n batches. Resolves when they are handed over and few submits are under way. @throws DivergedError */
  async take(n: number): Promise<void> {
    for (let left = n; left > 0;) {
      await this.#checkFault();
      const { position, stepsPerEpoch } = this.#batches;
      const count = Math.min(left, this.#plan.stepsPerSubmit, stepsPerEpoch - position);
      this.#uploadEpoch();
      this.#submit(position + 1, count, true);
      left -= count;
      while (this.#inFlight.length >= MOST_IN_FLIGHT) await this.#inFlight[0].settled;
    }
  }

  /** One step on chosen rows of the training split, outside the epoch. @throws DivergedError */
  async takeRows(indices: Uint32Array): Promise<void> {
    await this.#checkFault();
    const { training, scheduleRows, stepsPerEpoch } = this.#plan;
    const entry = new Uint32Array(ENTRY_WORDS);
    const total = training.epochs * stepsPerEpoch;
    writeEntry(
      entry,
      0,
      { step: this.#taken, first: scheduleRows, rows: indices.length },
      stepNumbers(training, this.#taken, total, stepsPerEpoch),
    );
    this.#memory.upload(this.#buffer("schedule"), entry, 0);
    this.#memory.upload(this.#buffer("schedule"), indices, 4 * scheduleRows);
    this.#submit(0, 1, false);
    this.#entriesStale = true;
  }

  /** Waits for everything under way. @throws DivergedError */
  async settle(): Promise<void> {
    await Promise.all(this.#inFlight.map((submit) => submit.settled));
    await this.#checkFault();
  }

  /** Waits without minding a fault: what remains is the last good state. */
  async settleQuietly(): Promise<void> {
    await this.settle().catch((error: unknown) => {
      if (!(error instanceof DivergedError)) throw error;
    });
  }

  /** Records not given before; call `settle` first. */
  drain(): StepRecord[] {
    return this.#records.splice(0);
  }

  /** The step taken last; call `settle` first. */
  get last(): StepRecord {
    return this.#records[this.#records.length - 1];
  }

  /** Where the settled steps have led; call `settle` first. */
  get place(): Place {
    const { sums, generator, ...rest } = this.#settledPlace;
    return { ...rest, generator: [...generator], sums: { ...sums } };
  }

  /** Goes on from a place; the state buffers have been written. Nothing may be under way. */
  restore(place: Place): void {
    this.#batches.restore(place.generator, place.epoch, place.position);
    this.#taken = place.step;
    this.#settledPlace = { ...place, sums: { ...place.sums } };
    this.#records = [];
    this.keepState();
    this.#entriesStale = true;
    this.#permutationStale = true;
  }

  /** Makes the present contents of the state buffers the snapshot, and forgets a fault. */
  keepState(): void {
    this.#copyState("", "Snapshot");
    this.#fault = undefined;
    this.#nextEntry = undefined;
    this.#memory.upload(this.#buffer("control"), new Uint32Array(CONTROL_BYTES / 4));
  }

  #issuedPlace(): Omit<Place, "sums"> {
    const { epoch, position, generator } = this.#batches;
    return { step: this.#taken, epoch, position, generator };
  }

  #buffer(name: string): GPUBuffer {
    return this.#buffers.get(name)!;
  }

  /** Entries and permutation of the current epoch, when the device does not hold them yet. */
  #uploadEpoch(): void {
    const { scheduleRows, firstRecord: batchRows, training } = this.#plan;
    const schedule = this.#buffer("schedule");
    const firstRowWord = scheduleRows + batchRows;
    if (this.#entriesStale) {
      const entries = epochEntries(training, this.#batches, this.#taken, firstRowWord);
      this.#memory.upload(schedule, entries, 4 * ENTRY_WORDS * (1 + this.#batches.position));
      this.#entriesStale = false;
    }
    if (this.#permutationStale) {
      this.#memory.upload(schedule, this.#batches.permutation, 4 * firstRowWord);
      this.#permutationStale = false;
    }
  }

  #submit(entry: number, count: number, inEpoch: boolean): void {
    const { device } = this.#memory;
    if (this.#nextEntry !== entry) this.#memory.upload(this.#buffer("control"), new Uint32Array([entry]));
    this.#nextEntry = entry + count;

    const bytes = CONTROL_BYTES + RESULT_BYTES * count;
    const staging =
      this.#freeStaging.pop() ??
      this.#memory.staging(CONTROL_BYTES + RESULT_BYTES * Math.max(count, this.#plan.stepsPerSubmit));
    const encoder = device.createCommandEncoder({ label: "training steps" });
    const profiled = this.#profiler?.encode(encoder, this.#step, this.#taken, count);
    const pass = encoder.beginComputePass({ label: "training steps" });
    for (let i = profiled?.encoded ?? 0; i < count; i++) encode(pass, this.#step);
    encode(pass, [this.#snapshot]);
    pass.end();
    const firstRecord = RESULT_BYTES * (this.#plan.firstRecord + entry);
    encoder.copyBufferToBuffer(this.#buffer("control"), 0, staging, 0, CONTROL_BYTES);
    encoder.copyBufferToBuffer(
      this.#buffer("results"),
      firstRecord,
      staging,
      CONTROL_BYTES,
      RESULT_BYTES * count,
    );
    device.queue.submit([encoder.finish()]);
    this.submits++;

    const step = this.#taken;
    this.#taken += count;
    this.stepsTaken += count;
    if (inEpoch && this.#batches.advance(count)) {
      this.#entriesStale = true;
      this.#permutationStale = true;
    }
    const before = this.#inFlight.at(-1)?.settled ?? Promise.resolve();
    const submit: Submit = { entry, step, count, inEpoch, after: this.#issuedPlace(), settled: before };
    const arrived = staging.mapAsync(MAP_MODE_READ, 0, bytes);
    submit.settled = Promise.all([arrived, before, profiled?.read(arrived)]).then(() => {
      const words = new Uint32Array(staging.getMappedRange(0, bytes).slice(0));
      staging.unmap();
      this.#freeStaging.push(staging);
      this.#inFlight.shift();
      this.#collect(submit, words);
    });
    // A failure is met by whoever waits next; until then it must not count as unhandled.
    submit.settled.catch(() => undefined);
    this.#inFlight.push(submit);
  }

  /** Takes in what a submit has brought back. */
  #collect(submit: Submit, words: Uint32Array): void {
    if (this.#fault !== undefined) return;
    if (words[FAULT] !== 0) {
      const step = submit.step + (words[FAULT_ENTRY] - submit.entry);
      this.#fault = decodeFault(words[FAULT], step, this.#plan.network.layers.length);
      return;
    }
    const losses = new Float32Array(words.buffer);
    const sums = { ...this.#settledPlace.sums };
    for (let i = 0; i < submit.count; i++) {
      const at = CONTROL_BYTES / 4 + (RESULT_BYTES / 4) * i;
      const record = { step: submit.step + i, loss: losses[at], correct: words[at + 1], rows: words[at + 2] };
      this.#records.push(record);
      if (submit.inEpoch) {
        sums.loss += record.loss * record.rows;
        sums.correct += record.correct;
        sums.rows += record.rows;
      }
    }
    const excess = this.#records.length - 2 * Math.max(1, this.#plan.stepsPerEpoch);
    if (excess > 0) this.#records.splice(0, excess);
    const epochEnded = submit.inEpoch && submit.after.position === 0;
    this.#settledPlace = { ...submit.after, sums: epochEnded ? { loss: 0, correct: 0, rows: 0 } : sums };
  }

  /** After a fault: waits for what is still under way, puts the snapshot back, then throws. */
  async #checkFault(): Promise<void> {
    if (this.#fault === undefined) return;
    await Promise.all(this.#inFlight.map((submit) => submit.settled));
    const fault = this.#fault;
    const records = this.#records;
    this.#copyState("Snapshot", "");
    this.restore(this.#settledPlace);
    this.#records = records;
    this.#fault = fault;
    throw new DivergedError(fault, this.#settledPlace.step);
  }

  #copyState(from: "" | "Snapshot", to: "" | "Snapshot"): void {
    const { device } = this.#memory;
    const encoder = device.createCommandEncoder({ label: "state" });
    for (const name of stateBuffers(this.#plan.training)) {
      const source = this.#buffer(name + from);
      encoder.copyBufferToBuffer(source, 0, this.#buffer(name + to), 0, source.size);
    }
    device.queue.submit([encoder.finish()]);
  }
}
