/** From jobs to dispatches, and the limits that dispatches and buffers have to keep. */
import { LimitError } from "../core/errors.ts";
import type { Network, Training } from "../core/spec.ts";
import { bindingsOf } from "./compose.ts";
import type { BufferPlan, DispatchPlan, JobPlan, PlanLimits } from "./plan-types.ts";
import type { ShaderSources } from "./shader-sources.ts";
import type { Tuning } from "./tuning.ts";

/** What every part of a plan is made for. */
export interface Environment {
  network: Network;
  training: Training;
  limits: PlanLimits;
  tuning: Tuning;
  shaders?: ShaderSources;
}

export function sequence(environment: Environment, steps: [string, JobPlan[]][]): DispatchPlan[] {
  // A program of one dispatch serves a single batch and has no counter to advance.
  return steps.map(([name, jobs], index) =>
    dispatch(environment, name, jobs, { first: index === 0, last: index > 0 && index === steps.length - 1 }),
  );
}

export function dispatch(
  { limits, tuning, shaders }: Environment,
  name: string,
  jobs: JobPlan[],
  place: { first?: boolean; last?: boolean },
): DispatchPlan {
  const { workgroupSize, unrolled } = tuning;
  const { first = false, last = false } = place;
  const source = { jobs, workgroupSize, unrolled, first, last, shaders };
  const bindings = bindingsOf(source);
  const what = `dispatch "${name}"`;
  atMost("maxStorageBuffersPerShaderStage", bindings.length, limits, what);
  atMost("maxComputeInvocationsPerWorkgroup", workgroupSize, limits, what);
  atMost("maxComputeWorkgroupSizeX", workgroupSize, limits, what);
  const workgroups = sum(jobs.map((job) => job.workgroups));
  const x = Math.min(workgroups, limits.maxComputeWorkgroupsPerDimension);
  const y = Math.ceil(workgroups / x);
  atMost("maxComputeWorkgroupsPerDimension", y, limits, what);
  return { ...source, name, bindings, grid: [x, y] };
}

function atMost(limit: keyof PlanLimits, needed: number, limits: PlanLimits, what: string): void {
  if (needed > limits[limit]) throw new LimitError(limit, needed, limits[limit], what);
}

export function checkBuffers(buffers: BufferPlan[], limits: PlanLimits): void {
  for (const { name, bytes, purpose } of buffers) {
    for (const limit of ["maxStorageBufferBindingSize", "maxBufferSize"] as const) {
      if (bytes > limits[limit]) {
        throw new LimitError(
          limit,
          bytes,
          limits[limit],
          `buffer "${name}" (${purpose})`,
          "Use fewer units or a smaller batch, or an adapter with larger limits.",
        );
      }
    }
  }
}

export const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
