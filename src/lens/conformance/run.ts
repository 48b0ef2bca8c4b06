/** Runs a suite on a device, case after case, each between error scopes and with everything freed behind it. */
import type { AdapterSummary } from "../../core/engine.ts";
import { SpecError } from "../../core/errors.ts";
import { deviceLimits } from "../../gpu/device.ts";
import type { ShaderSources } from "../../gpu/shader-sources.ts";
import { subgroupSizeOf } from "../../gpu/device.ts";
import { defaultTuning, type Tuning } from "../../gpu/tuning.ts";
import { Check } from "./check.ts";
import { fuzzSuite } from "./fuzz.ts";
import type { CheckContext } from "./kernel.ts";
import { byKernel, withoutShape, type CaseResult, type ConformanceReport, type Proposal } from "./report.ts";
import { standardSuite, type CheckGroup, type OpenedGroup } from "./suite.ts";
import { subgroupSizeFor, VARIANTS } from "./variants.ts";

export interface ConformanceOptions {
  device: GPUDevice;
  /** A further device, to be lost. */
  openDevice: () => Promise<GPUDevice>;
  adapter: AdapterSummary;
  /** The table to check; the engine's choice for the adapter when left out. */
  tuning?: Tuning;
  /** So many random cases instead of the standard ones. */
  cases?: number;
  seed?: number;
  /** Only the case of this number. */
  only?: number;
  signal?: AbortSignal;
  /** Other shader texts than the product's. */
  shaders?: ShaderSources;
}

export type ConformanceEvent =
  { type: "case"; result: CaseResult; total: number } | { type: "report"; report: ConformanceReport };

/** Collects for one case at a time; what the group has opened is freed with it. */
class GroupContext implements CheckContext {
  readonly device: GPUDevice;
  readonly shaders: ShaderSources | undefined;
  check = new Check();
  readonly #endings: (() => void)[] = [];

  constructor(device: GPUDevice, shaders: ShaderSources | undefined) {
    this.device = device;
    this.shaders = shaders;
  }

  atEnd(work: () => void): void {
    this.#endings.push(work);
  }

  end(): void {
    for (const work of this.#endings.splice(0)) work();
  }
}

/** @throws SpecError for an `only` that names no case; whatever is wrong with the device is a failure instead */
export async function* checkConformance(options: ConformanceOptions): AsyncGenerator<ConformanceEvent> {
  const { device, adapter, seed = 1, only, signal, shaders } = options;
  const subgroupSize = subgroupSizeOf(device);
  const own = options.tuning ?? defaultTuning(adapter.software, subgroupSize);
  const fitting = VARIANTS.filter((variant) => [0, subgroupSize].includes(subgroupSizeFor(variant)));
  const tunings = [own, ...fitting.filter((variant) => !sameTiles(variant, own))];
  let timestamps = "not tried";
  const suite =
    options.cases === undefined
      ? standardSuite(own, options.openDevice, (text) => (timestamps = text))
      : fuzzSuite(seed, options.cases, tunings);
  const total = suite.reduce((sum, group) => sum + group.cases, 0);
  if (only !== undefined && !(only >= 0 && only < total)) {
    throw new SpecError("only", `there is no case ${only}; the cases are 0 to ${total - 1}`);
  }
  const asked = only === undefined ? total : 1;
  const start = performance.now();
  const results: CaseResult[] = [];
  const proposals: Proposal[] = [];
  let first = 0;
  for (const group of suite) {
    if (signal?.aborted) break;
    const numbers = Array.from({ length: group.cases }, (_, index) => first + index);
    first += group.cases;
    const wanted = only === undefined ? numbers : numbers.filter((number) => number === only);
    if (wanted.length === 0) continue;
    const found = await runGroup({ device, shaders }, group, group.tuning, numbers, wanted);
    for (const result of found) yield { type: "case", result, total: asked };
    results.push(...found);
    const failed = found.find(({ failure }) => failure !== "");
    if (!failed || !group.hasVariants) continue;
    const { kernel, variant } = failed;
    if (proposals.some((known) => known.kernel === kernel && known.variant === variant)) continue;
    const others = tunings.filter((tuning) => !sameTiles(tuning, group.tuning));
    let instead: Tuning | null = null;
    for (const other of others) {
      const again = await runGroup({ device, shaders }, group, other, numbers, wanted);
      if (again.every(({ failure }) => failure === "")) {
        instead = other;
        break;
      }
    }
    proposals.push({ kernel, variant, instead });
  }
  yield { type: "report", report: report() };

  function report(): ConformanceReport {
    const worst = results.reduce<CaseResult | undefined>(
      (a, b) => (a === undefined || b.errorOverBound > a.errorOverBound ? b : a),
      undefined,
    );
    const failed = results.filter(({ failure }) => failure !== "");
    return {
      cases: results.length,
      total: asked,
      failures: failed.length,
      worst: {
        kernel: worst?.kernel ?? "",
        shape: worst?.shape ?? "",
        errorOverBound: worst?.errorOverBound ?? 0,
      },
      kernels: byKernel(results),
      failed,
      proposals,
      compared: results.reduce((sum, { compared }) => sum + compared, 0),
      adapter,
      limits: { ...deviceLimits(device) },
      timestamps,
      tuning: own.name,
      seed,
      random: options.cases !== undefined,
      seconds: (performance.now() - start) / 1000,
    };
  }
}

/** The same kernels, whatever the tables are called. */
function sameTiles(a: Tuning, b: Tuning): boolean {
  return JSON.stringify({ ...a, name: "" }) === JSON.stringify({ ...b, name: "" });
}

const SCOPES = ["internal", "out-of-memory", "validation"] as const;

/** @param numbers of all cases of the group @param wanted those to run */
async function runGroup(
  { device, shaders }: Pick<CheckContext, "device" | "shaders">,
  group: CheckGroup,
  tuning: Tuning,
  numbers: readonly number[],
  wanted: readonly number[],
): Promise<CaseResult[]> {
  const context = new GroupContext(device, shaders);
  const results: CaseResult[] = [];
  const add = (number: number, kernel: string, shape: string, start: number): void => {
    const { compared, worst, worstAt, failure } = context.check.summary;
    const finite = Number.isFinite(worst) ? worst : Number.MAX_VALUE;
    const errorOverBound = failure !== "" && finite <= 1 ? Number.MAX_VALUE : finite;
    const seconds = (performance.now() - start) / 1000;
    results.push({
      number,
      kernel,
      shape,
      variant: tuning.name,
      compared,
      errorOverBound,
      worstAt,
      failure: withoutShape(failure, shape),
      seconds,
    });
  };
  let start = performance.now();
  try {
    let opened: OpenedGroup;
    const trouble = await scoped(device, async () => {
      opened = await group.open(context, tuning);
    });
    for (const number of wanted) {
      context.check = new Check();
      const found = trouble === "" ? opened!.cases[numbers.indexOf(number)] : undefined;
      if (found === undefined) context.check.that("the kernel is compiled", false, trouble);
      else {
        const problem = await scoped(device, found.run);
        context.check.that("the case runs to its end", problem === "", problem);
      }
      add(number, found ? opened!.kernel : group.name, found?.shape ?? "", start);
      start = performance.now();
    }
  } finally {
    context.end();
  }
  return results;
}

/** What goes wrong in the work, thrown or reported by the device; empty when nothing does. */
async function scoped(device: GPUDevice, work: () => Promise<void>): Promise<string> {
  for (const scope of SCOPES) device.pushErrorScope(scope);
  let thrown = "";
  try {
    await work();
  } catch (error) {
    thrown = error instanceof Error ? error.message : String(error);
  }
  const messages = [thrown];
  for (let i = 0; i < SCOPES.length; i++) {
    // A lost device has no scopes left.
    const error = await device.popErrorScope().catch(() => null);
    if (error !== null) messages.push(error.message);
  }
  return messages.filter((message) => message !== "").join("; ");
}
