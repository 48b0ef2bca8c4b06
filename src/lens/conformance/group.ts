/** Runs the cases of a group on a device, each between error scopes and with everything freed behind them. */
import type { ShaderSources } from "../../gpu/shader-sources.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { Check } from "./check.ts";
import type { CheckContext } from "./kernel.ts";
import { withoutShape, type CaseResult } from "./report.ts";
import type { CheckGroup, OpenedGroup } from "./suite.ts";

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

const SCOPES = ["internal", "out-of-memory", "validation"] as const;

/** @param first the number of the group's first case @param wanted the numbers of those to run */
export async function runGroup(
  { device, shaders }: Pick<CheckContext, "device" | "shaders">,
  group: CheckGroup,
  tuning: Tuning,
  first: number,
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
      ...(failure !== "" && group.trace && { trace: group.trace }),
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
      const found = trouble === "" ? opened!.cases[number - first] : undefined;
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
