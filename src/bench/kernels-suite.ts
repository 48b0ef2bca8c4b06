/** Where the time of a training step goes: each of its dispatches by itself, beside what the adapter can do at most. */
import type { ProfileReport } from "../core/profile.ts";
import { openInput, type Input } from "./inputs.ts";
import type { BenchEvent, BenchOptions } from "./run.ts";
import type { InputKind, KernelRow, KernelsResult } from "./result.ts";
import { planSuite } from "./suites.ts";
import { createWorkload, type Workload } from "./workload.ts";

/** Times the dispatches of a workload's step on the adapter's device. */
export type Profiler = (workload: Workload) => Promise<ProfileReport>;

/** The workloads are those of the suite `step`. */
export async function* runKernelsSuite(
  result: KernelsResult,
  { narrowing, protocol, adapter, digits, profiler, signal }: BenchOptions,
): AsyncGenerator<BenchEvent, void> {
  const { choices, left } = planSuite("step", narrowing, adapter.software);
  for (const { choice, reason } of left) {
    const { batch, optimizer, input } = choice;
    result.skipped.push({ network: `784-${choice.hidden.join("-")}-10`, batch, optimizer, input, reason });
  }
  const inputs = new Map<InputKind, Input>();
  for (const [index, choice] of choices.entries()) {
    if (signal?.aborted) return;
    let input = inputs.get(choice.input);
    if (input === undefined) {
      input = openInput(choice.input, protocol.rows, protocol.seed, digits);
      inputs.set(choice.input, input);
      result.datasets.push(input.used);
    }
    const workload = createWorkload(choice, input.dataset, protocol.seed);
    const where = { ...workload.id, part: index, parts: choices.length };
    yield { type: "progress", phase: "round", contender: "Backlit WebGPU", done: 0, total: 1, ...where };
    const profile = await profiler(workload);
    result.profiles.push(profile);
    for (const row of rowsOf(workload, profile)) {
      result.rows.push(row);
      yield { type: "row", row };
    }
  }
}

function rowsOf({ id }: Workload, { dispatches }: ProfileReport): KernelRow[] {
  return dispatches.map(({ name, jobs, ...figures }) => ({
    ...id,
    contender: "backlit",
    backend: "webgpu",
    dispatch: name,
    kernels: jobs.map(({ kernel }) => kernel),
    ...figures,
  }));
}
