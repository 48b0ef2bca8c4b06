/**
 * Finds the tiles that are fastest for a network on a device: the kernels of a training step as they are composed for it,
 * on real inputs, in buffers of its own. The result is a table like those in tuning.ts, and an account of how it was found.
 */
import type { Split } from "../core/dataset.ts";
import { resolveNetwork, resolveTraining, type NetworkSpec, type TrainingSpec } from "../core/spec.ts";
import { counted } from "../core/words.ts";
import { adapterOf, deviceLimits } from "./device.ts";
import { DeviceCalls } from "./device-calls.ts";
import { DispatchTimer } from "./dispatch-timer.ts";
import { plan as makePlan } from "./plan.ts";
import type { JobPlan, Plan, PlanLimits } from "./plan-types.ts";
import { Scratch } from "./scratch.ts";
import { searchTiles, type SearchBounds, type SearchResult, type TileBench } from "./tuner-search.ts";
import { MOST_CANDIDATES } from "./tuner-candidates.ts";
import type { ProductShape, Target, TuneMode, TuneReport } from "./tuner-types.ts";
import { defaultTuning, type ProductKind, type Tuning } from "./tuning.ts";

interface Effort extends Pick<SearchBounds, "seconds" | "most"> {
  /** Milliseconds of a batch of one dispatch, and how many batches are timed. */
  batchMs: number;
  samples: number;
  /** Whether the number of invocations per workgroup is searched, too: every kernel is compiled anew for each. */
  workgroupSizes: boolean;
}

const EFFORTS: Readonly<Record<TuneMode, Effort>> = {
  fast: { seconds: 4, most: 8, batchMs: 10, samples: 3, workgroupSizes: false },
  full: { seconds: 20, most: MOST_CANDIDATES, batchMs: 25, samples: 5, workgroupSizes: true },
};

/** Rows of a dataset that are enough to tune on; batches are drawn from them. */
export const TUNING_ROWS = 4096;

export interface TuneOptions {
  network: NetworkSpec;
  training?: TrainingSpec;
  /** Rows like those it will train on; only the first few thousand are used. */
  split: Split;
  mode: TuneMode;
  /** The table to start from; by default the one for the kind of adapter. */
  start?: Tuning;
  /** Aborting ends the search with what was found so far. */
  signal?: AbortSignal;
  /** Another bound on the time than the mode's, in seconds. */
  seconds?: number;
  /** Seconds by some clock. */
  now?: () => number;
}

/**
 * @throws SpecError, LimitError for what cannot be trained on this device at all; DeviceLostError; GpuError when not even
 *   the table it starts from can be run
 */
export async function tune(device: GPUDevice, options: TuneOptions): Promise<TuneReport> {
  const { mode } = options;
  const network = resolveNetwork(options.network);
  const training = resolveTraining(options.training ?? {});
  const adapter = adapterOf(device);
  const limits = deviceLimits(device);
  const split = firstRows(options.split, Math.max(TUNING_ROWS, training.batchSize), network.input);
  const start = options.start ?? defaultTuning(adapter.software, limits.subgroupSize);
  const effort = { ...EFFORTS[mode], ...(options.seconds !== undefined && { seconds: options.seconds }) };
  const now = options.now ?? ((): number => performance.now() / 1000);
  const began = now();
  const calls = new DeviceCalls(device);
  const bench = new DeviceBench(device, calls, split, limits, effort, now, (tuning) =>
    makePlan(options.network, training, {
      trainRows: split.labels.length,
      limits,
      software: adapter.software,
      tuning,
    }),
  );
  try {
    const plan = bench.plan(start);
    const targets = targetsOf(plan, effort.workgroupSizes);
    const bounds = {
      ...effort,
      device: { software: adapter.software, limits },
      signal: options.signal,
    };
    const result = await calls.inTurn("tune", () => searchTiles(bench, start, targets, bounds));
    return {
      mode,
      adapter,
      network: [network.input, ...network.layers.map(({ units }) => units)].join("-"),
      batch: plan.train.rows,
      optimizer: training.optimizer,
      clock: bench.clock,
      seconds: now() - began,
      budgetSeconds: effort.seconds,
      stopped: result.stopped,
      stepMs: result.stepMs,
      products: result.targets,
      tuning: namedTable(result, plan, mode),
    };
  } finally {
    bench.dispose();
    calls.dispose();
  }
}

/** The table says how it was found, and its estimates follow what was measured. */
function namedTable({ tuning, targets, stepMs }: SearchResult, plan: Plan, mode: TuneMode): Tuning {
  const tried = targets.reduce((sum, { candidates }) => sum + candidates.length, 0);
  const arithmeticSeconds = stepMs.tuned / 1000 - plan.dispatches.length * tuning.dispatchSeconds;
  return {
    ...tuning,
    name: `${tuning.name}, tuned (${mode}, ${counted(tried, "candidate")})`,
    ...(arithmeticSeconds > 0 && { assumedFlops: plan.flopsPerStep / arithmeticSeconds }),
  };
}

/** All kernels are compiled anew for another workgroup size: what each product can gain by itself comes first. */
const EVERYTHING = 0.25;

/** Everything in a step's plan that a table decides. */
export function targetsOf(plan: Plan, workgroupSizes: boolean): Target[] {
  const beforeHead = plan.network.layers.length - 2;
  const targets = plan.dispatches.flatMap(({ name, jobs }) => {
    const flops = jobs.reduce((sum, job) => sum + job.flops, 0);
    return jobs.flatMap((job): Target[] => {
      const what = job.product ?? (isHead(job) ? "head" : undefined);
      if (what === undefined || job.layer === undefined) return [];
      return [
        {
          what,
          layer: what === "head" ? null : job.layer,
          shape: shapeOf(plan, what, job.layer),
          dispatch: name,
          part: job.flops / flops,
          splittable: what === "forward" && job.layer === beforeHead,
        },
      ];
    });
  });
  if (!workgroupSizes) return targets;
  const all = { layer: null, shape: null, dispatch: null, part: EVERYTHING, splittable: false };
  return [{ what: "workgroupSize", ...all }, ...targets];
}

function isHead({ kernel }: JobPlan): boolean {
  return kernel === "head" || kernel.startsWith("head-");
}

function shapeOf({ network, train }: Plan, what: ProductKind | "head", layer: number): ProductShape {
  const { inputs, units } = network.layers[layer];
  const { rows } = train;
  if (what === "inputGradient") return { m: rows, n: inputs, k: units };
  if (what === "weightGradient") return { m: inputs, n: units, k: rows };
  return { m: rows, n: units, k: inputs };
}

function firstRows({ images, labels }: Split, most: number, pixels: number): Split {
  const rows = Math.min(most, labels.length);
  return { images: images.subarray(0, rows * pixels), labels: labels.subarray(0, rows) };
}

/** Plans that are carried out, dispatch by dispatch. */
class DeviceBench implements TileBench {
  readonly plan: (tuning: Tuning) => Plan;
  readonly now: () => number;
  readonly #calls: DeviceCalls;
  readonly #scratch: Scratch;
  readonly #effort: Effort;
  #timer: DispatchTimer | undefined;

  constructor(
    device: GPUDevice,
    calls: DeviceCalls,
    split: Split,
    limits: PlanLimits,
    effort: Effort,
    now: () => number,
    plan: (tuning: Tuning) => Plan,
  ) {
    this.#calls = calls;
    this.#scratch = new Scratch(device, split, limits);
    this.#effort = effort;
    this.now = now;
    this.plan = plan;
  }

  get clock(): TuneReport["clock"] {
    return this.#timer?.clock ?? { method: "wall", quantum: 0 };
  }

  async time(plan: Plan, dispatches: readonly string[], hopeless: number): Promise<number[]> {
    const step = await this.#calls.scoped(async () => {
      const prepared = await this.#scratch.prepare(plan);
      await this.#scratch.settle(plan, prepared);
      return prepared;
    });
    // Control never moves: it is one of the buffers whose size no table changes.
    this.#timer ??= new DispatchTimer(this.#scratch.memory, this.#scratch.control);
    const { batchMs, samples } = this.#effort;
    const measured: number[] = [];
    for (const name of dispatches) {
      const ready = step.find((each) => each.plan.name === name)!;
      const { ms } = await this.#timer.measure([ready], { batchMs, samples, hopeless });
      measured.push(ms);
    }
    await this.#scratch.checkFault();
    return measured;
  }

  dispose(): void {
    this.#timer?.destroy();
    this.#scratch.dispose();
  }
}
