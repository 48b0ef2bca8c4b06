/** Evaluates one split on the device: chunk by chunk in the data set's order, counts and row results read once. */
import type { Dataset, Split } from "../core/dataset.ts";
import type { Evaluation } from "../core/engine.ts";
import { DivergedError } from "../core/errors.ts";
import { reportFromConfusion } from "../core/report.ts";
import { writeEntry } from "./epoch-schedule.ts";
import { CONTROL_BYTES, decodeFault, FAULT } from "./faults.ts";
import type { GpuMemory } from "./memory.ts";
import { encode, prepare, type ReadyDispatch } from "./pipelines.ts";
import { ENTRY_WORDS, planEvaluation, RESULT_BYTES } from "./plan-programs.ts";
import type { Plan, PlanLimits } from "./plan-types.ts";
import { uploadSplit } from "./split-images.ts";

export class Evaluator {
  readonly #memory: GpuMemory;
  readonly #plan: Plan;
  readonly #split: Split;
  readonly #classes: string[];
  readonly #buffers: ReadonlyMap<string, GPUBuffer>;
  readonly #dispatches: ReadyDispatch[];
  readonly #chunks: number;
  readonly #chunksPerSubmit: number;

  private constructor(
    memory: GpuMemory,
    plan: Plan,
    split: Split,
    classes: string[],
    buffers: ReadonlyMap<string, GPUBuffer>,
    dispatches: ReadyDispatch[],
    chunkRows: number,
  ) {
    this.#memory = memory;
    this.#plan = plan;
    this.#split = split;
    this.#classes = classes;
    this.#buffers = buffers;
    this.#dispatches = dispatches;
    this.#chunks = Math.ceil(split.labels.length / chunkRows);
    const flops = dispatches.flatMap((each) => each.plan.jobs).reduce((total, job) => total + job.flops, 0);
    this.#chunksPerSubmit = Math.max(
      1,
      Math.floor((plan.tuning.submitSeconds * plan.tuning.assumedFlops) / flops),
    );
  }

  /** @param shared `parameters` and, for the training split, its images and labels */
  static async create(
    memory: GpuMemory,
    plan: Plan,
    limits: PlanLimits,
    dataset: Dataset,
    split: Split,
    shared: ReadonlyMap<string, GPUBuffer>,
  ): Promise<Evaluator> {
    const program = planEvaluation(plan, limits, split.labels.length);
    const uploaded = shared.has("labels")
      ? []
      : uploadSplit(memory, split, program.images, plan.network.input, "evaluation");
    const own = memory.allocate(program.buffers, "evaluation");
    const buffers = new Map([...shared, ...uploaded, ...own]);
    const chunks = Math.ceil(split.labels.length / program.rows);
    const entries = new Uint32Array(ENTRY_WORDS * chunks);
    for (let chunk = 0; chunk < chunks; chunk++) {
      const first = chunk * program.rows;
      const rows = Math.min(program.rows, split.labels.length - first);
      writeEntry(entries, ENTRY_WORDS * chunk, { step: 0, first, rows });
    }
    memory.upload(buffers.get("schedule")!, entries);
    const dispatches = await prepare(memory.device, program.dispatches, buffers);
    return new Evaluator(memory, plan, split, dataset.classes, buffers, dispatches, program.rows);
  }

  /** @param step that the parameters belong to, for the error message @throws DivergedError */
  async evaluate(step: number): Promise<Evaluation> {
    const { device } = this.#memory;
    const rows = this.#split.labels.length;
    const classes = this.#classes.length;
    const [control, results, confusion] = ["control", "results", "confusion"].map((name) =>
      this.#buffers.get(name)!,
    );
    this.#memory.upload(control, new Uint32Array(CONTROL_BYTES / 4));
    for (let done = 0; done < this.#chunks; done += this.#chunksPerSubmit) {
      const encoder = device.createCommandEncoder({ label: "evaluation" });
      if (done === 0) encoder.clearBuffer(confusion);
      const pass = encoder.beginComputePass({ label: "evaluation" });
      const count = Math.min(this.#chunksPerSubmit, this.#chunks - done);
      for (let i = 0; i < count; i++) encode(pass, this.#dispatches);
      pass.end();
      device.queue.submit([encoder.finish()]);
    }
    const [controlBytes, resultBytes, confusionBytes] = await Promise.all([
      this.#memory.read(control, 0, CONTROL_BYTES),
      this.#memory.read(results, 0, RESULT_BYTES * rows),
      this.#memory.read(confusion, 0, 4 * classes * classes),
    ]);
    const faultWord = new Uint32Array(controlBytes)[FAULT];
    if (faultWord !== 0) {
      throw new DivergedError(decodeFault(faultWord, step, this.#plan.network.layers.length), step);
    }
    const counts = new Uint32Array(confusionBytes);
    const matrix = Array.from({ length: classes }, (_, truth) => [
      ...counts.subarray(truth * classes, (truth + 1) * classes),
    ]);
    return { ...reportFromConfusion(matrix, this.#classes), ...rowResults(resultBytes, rows) };
  }
}

/** Row results as the head writes them: loss, class, rank, correct. */
export function rowResults(
  bytes: ArrayBuffer,
  rows: number,
): Pick<Evaluation, "loss" | "losses" | "predicted" | "ranks"> {
  const words = new Uint32Array(bytes);
  const floats = new Float32Array(bytes);
  const losses = new Float32Array(rows);
  const predicted = new Uint8Array(rows);
  const ranks = new Uint8Array(rows);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    losses[row] = floats[4 * row];
    predicted[row] = words[4 * row + 1];
    ranks[row] = words[4 * row + 2];
    total += losses[row];
  }
  return { loss: total / rows, losses, predicted, ranks };
}
