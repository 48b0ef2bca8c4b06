/**
 * The buffers of a training step with plausible contents, apart from any engine's: its dispatches can be run here any
 * number of times, in any form, without anything growing or being lost. Learning rate and deltas are 0 in its schedule,
 * so that whatever is run again finds what it found before; activations are those of a first step on real inputs.
 */
import type { Split } from "../core/dataset.ts";
import { GpuError } from "../core/errors.ts";
import { initialParameters } from "../model/parameters.ts";
import { composeShader } from "./compose.ts";
import { writeEntry } from "./epoch-schedule.ts";
import { CONTROL_BYTES, FAULT } from "./faults.ts";
import { packParameters } from "./layout.ts";
import { GpuMemory } from "./memory.ts";
import { encode, prepare, type ReadyDispatch } from "./pipelines.ts";
import { planImages } from "./plan-images.ts";
import { ENTRY_WORDS } from "./plan-programs.ts";
import type { BufferPlan, DispatchPlan, Plan, PlanLimits } from "./plan-types.ts";
import { uploadSplit } from "./split-images.ts";

export class Scratch {
  readonly memory: GpuMemory;
  readonly #split: Split;
  readonly #limits: PlanLimits;
  readonly #buffers = new Map<string, GPUBuffer>();
  /** What was compiled, by its text and grid. */
  readonly #ready = new Map<string, ReadyDispatch>();
  #uploaded = false;

  /** @param split rows that batches are drawn from: every plan must be made for as many */
  constructor(device: GPUDevice, split: Split, limits: PlanLimits) {
    this.memory = new GpuMemory(device);
    this.#split = split;
    this.#limits = limits;
  }

  /** @throws GpuError when it does not compile or memory runs out */
  async prepare(plan: Plan): Promise<ReadyDispatch[]> {
    this.#allocate(plan);
    const missing = new Map(
      plan.dispatches
        .map((each) => [keyOf(each), each])
        .filter(([key]) => !this.#ready.has(key as string)) as [string, DispatchPlan][],
    );
    const prepared = await prepare(this.memory.device, [...missing.values()], this.#buffers);
    [...missing.keys()].forEach((key, index) => this.#ready.set(key, prepared[index]));
    return plan.dispatches.map((each) => this.#ready.get(keyOf(each))!);
  }

  /** Runs a step once, so that every buffer holds what this plan leaves there. @throws GpuError where a kernel objects */
  async settle(plan: Plan, step: readonly ReadyDispatch[]): Promise<void> {
    const { device } = this.memory;
    this.#fill(plan);
    const encoder = device.createCommandEncoder({ label: "scratch" });
    const pass = encoder.beginComputePass({ label: "scratch" });
    encode(pass, step);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await this.checkFault();
  }

  /** What ran since the last settling has computed numbers, not given up. @throws GpuError */
  async checkFault(): Promise<void> {
    const control = await this.memory.read(this.control, 0, CONTROL_BYTES);
    const fault = new Uint32Array(control)[FAULT];
    if (fault !== 0) throw new GpuError("plan/fault", `a kernel met a number that is not finite (${fault})`);
  }

  get control(): GPUBuffer {
    return this.#buffers.get("control")!;
  }

  dispose(): void {
    this.memory.dispose();
  }

  /** Buffers grow and never shrink, so that the plans of several tables can take turns. */
  #allocate(plan: Plan): void {
    if (!this.#uploaded) {
      const images = planImages(plan.network, this.#split.labels.length, this.#limits);
      const uploaded = uploadSplit(this.memory, this.#split, images, plan.network.input, "scratch");
      uploaded.forEach((buffer, name) => this.#buffers.set(name, buffer));
      this.#uploaded = true;
    }
    const bound = new Set(plan.dispatches.flatMap(({ bindings }) => bindings.map(({ buffer }) => buffer)));
    const isLarger = ({ name, bytes }: BufferPlan): boolean =>
      bound.has(name) && bytes > (this.#buffers.get(name)?.size ?? 0);
    const larger = plan.buffers.filter(isLarger);
    if (larger.length === 0) return;
    this.memory.destroy(larger.flatMap(({ name }) => this.#buffers.get(name) ?? []));
    this.memory.allocate(larger, "scratch").forEach((buffer, name) => this.#buffers.set(name, buffer));
    // What was bound to the old ones is of no use any more.
    this.#ready.clear();
  }

  #fill({ network, training, scheduleRows, firstRecord: rows }: Plan): void {
    const schedule = new Uint32Array(ENTRY_WORDS);
    const still = { learningRate: 0, stepSize: 0, secondMomentScale: 1, decay: 1 };
    writeEntry(schedule, 0, { step: 0, first: scheduleRows, rows }, still);
    // 1 / rows: with 0 every delta is 0.
    schedule[ENTRY_WORDS - 1] = 0;
    const upload = (name: string, data: ArrayBufferView, offset = 0): void =>
      this.memory.upload(this.#buffers.get(name)!, data, offset);
    upload("control", new Uint32Array(CONTROL_BYTES / 4));
    upload("schedule", schedule);
    upload(
      "schedule",
      Uint32Array.from({ length: rows }, (_, i) => spread(i, this.#split.labels.length)),
      4 * scheduleRows,
    );
    upload("parameters", packParameters(network, initialParameters(network, training.seed)));
  }
}

/** Row i of a batch: far from its neighbours, as in a shuffled epoch. */
function spread(i: number, rows: number): number {
  return (i * 2_654_435_761) % rows;
}

function keyOf(dispatch: DispatchPlan): string {
  return `${dispatch.grid.join(" ")} ${composeShader(dispatch)}`;
}
