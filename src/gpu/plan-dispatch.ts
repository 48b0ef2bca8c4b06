/** From jobs to dispatches, and the limits that dispatches and buffers have to keep. */
import { LimitError } from "../core/errors.ts";
import type { Network, Training } from "../core/spec.ts";
import { bindingsOf } from "./compose.ts";
import type { BufferPlan, DispatchPlan, JobDraft, JobPlan, PlanLimits } from "./plan-types.ts";
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

export function sequence(environment: Environment, steps: [string, JobDraft[]][]): DispatchPlan[] {
  // A program of one dispatch serves a single batch and has no counter to advance.
  return steps.map(([name, jobs], index) =>
    dispatch(environment, name, jobs, { first: index === 0, last: index > 0 && index === steps.length - 1 }),
  );
}

export function dispatch(
  { limits, tuning, shaders }: Environment,
  name: string,
  drafts: JobDraft[],
  place: { first?: boolean; last?: boolean },
): DispatchPlan {
  const { unrolled } = tuning;
  const demands = drafts.flatMap(({ invocations }) => invocations ?? []);
  const workgroupSize = demands.length > 0 ? Math.max(...demands) : tuning.workgroupSize;
  const jobs = drafts.map((draft) => settled(draft, workgroupSize));
  const { first = false, last = false } = place;
  const source = { jobs, workgroupSize, unrolled, first, last, shaders };
  const bindings = bindingsOf(source);
  const what = `dispatch "${name}"`;
  atMost("maxStorageBuffersPerShaderStage", bindings.length, limits, what);
  atMost("maxComputeInvocationsPerWorkgroup", workgroupSize, limits, what);
  atMost("maxComputeWorkgroupSizeX", workgroupSize, limits, what);
  const sharedVectors = Math.max(...jobs.map((job) => job.sharedVectors ?? 0));
  const sharedBytes = sharedVectors > 0 ? 16 * sharedVectors + OTHER_SHARED_BYTES : 0;
  atMost("maxComputeWorkgroupStorageSize", sharedBytes, limits, what);
  for (const { constants } of jobs) {
    if (typeof constants["SUBGROUP_SIZE"] === "number")
      checkSubgroups(constants["SUBGROUP_SIZE"], limits, what);
  }
  const workgroups = sum(jobs.map((job) => job.workgroups));
  const x = Math.min(workgroups, limits.maxComputeWorkgroupsPerDimension);
  const y = Math.ceil(workgroups / x);
  atMost("maxComputeWorkgroupsPerDimension", y, limits, what);
  return { ...source, name, bindings, grid: [x, y] };
}

/** Workgroup memory beside what the jobs share: the guard, and what is the same for all. */
const OTHER_SHARED_BYTES = 64;

function settled(draft: JobDraft, workgroupSize: number): JobPlan {
  const { items, invocations: _, sharedVectors, workgroups, ...job } = draft;
  return {
    ...job,
    workgroups: workgroups ?? Math.max(1, Math.ceil((items ?? 0) / workgroupSize)),
    ...(sharedVectors === undefined ? {} : { sharedVectors: sharedVectors(workgroupSize) }),
  };
}

function checkSubgroups(needed: number, { subgroupSize }: PlanLimits, what: string): void {
  if (subgroupSize === needed) return;
  throw new LimitError(
    "subgroupSize",
    needed,
    subgroupSize,
    what,
    "The tuning table was made for another adapter: leave it out, or use that adapter.",
  );
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
