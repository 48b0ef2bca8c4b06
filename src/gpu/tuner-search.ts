/**
 * The search for tiles, without a device: which candidate is tried next, when one replaces another, and when it ends.
 *
 * A candidate is judged by the dispatches of a training step that it changes, against the same dispatches as they are.
 * What looks better is measured against what it would replace once more before it does, because a machine is never quiet.
 * Targets take turns in proportion to the time that they are about.
 */
import { BacklitError, DeviceLostError } from "../core/errors.ts";
import type { DispatchPlan, Plan } from "./plan-types.ts";
import { candidates, settingOf, withSetting, type Device } from "./tuner-candidates.ts";
import type { Setting, Target, TargetReport, TriedCandidate, TuneReport } from "./tuner-types.ts";
import type { Tuning } from "./tuning.ts";

/** Makes plans and measures their dispatches. */
export interface TileBench {
  /** @throws BacklitError where a table is not valid within the limits */
  plan(tuning: Tuning): Plan;
  /**
   * Milliseconds of each of these dispatches of a plan.
   * @param hopeless a dispatch that takes more milliseconds than this may be measured carelessly
   * @throws BacklitError where it does not compile
   */
  time(plan: Plan, dispatches: readonly string[], hopeless: number): Promise<number[]>;
  /** Seconds by some clock. */
  now(): number;
}

export interface SearchBounds {
  seconds: number;
  /** Candidates of each target. */
  most: number;
  device: Device;
  /** Ends the search with what was found so far. */
  signal?: AbortSignal;
}

export interface SearchResult {
  tuning: Tuning;
  targets: TargetReport[];
  stopped: TuneReport["stopped"];
  stepMs: { default: number; tuned: number };
}

/** Less than this part of the time saved is as good as nothing, and stays with what there was. */
const LEAST_GAIN = 0.03;
/** A candidate this much slower than what there is need not be measured well. */
const HOPELESS = 1.3;

interface Course {
  target: Target;
  /** Milliseconds it is about. */
  weight: number;
  left: Setting[];
  tried: TriedCandidate[];
  /** Time before and after of every replacement, as a product of ratios. */
  ratio: number;
}

/** @throws DeviceLostError; what else goes wrong with a candidate only leaves it out */
export async function searchTiles(
  bench: TileBench,
  start: Tuning,
  targets: readonly Target[],
  { seconds, most, device, signal }: SearchBounds,
): Promise<SearchResult> {
  const began = bench.now();
  let tuning = start;
  let plan = bench.plan(start);
  const names = plan.dispatches.map(({ name }) => name);
  const first = await bench.time(plan, names, Infinity);
  let costs = new Map(names.map((name, index) => [name, first[index]]));
  const courses = targets.map((target): Course => ({
    target,
    weight: target.part * (target.dispatch === null ? total(costs) : (costs.get(target.dispatch) ?? 0)),
    left: candidates(target, start, device).slice(0, most),
    tried: [],
    ratio: 1,
  }));
  const before = total(costs);
  let longest = (bench.now() - began) / names.length;
  let stopped: SearchResult["stopped"] = "done";
  for (let course = next(courses); course !== undefined; course = next(courses)) {
    if (signal?.aborted) {
      stopped = "aborted";
      break;
    }
    const from = bench.now();
    // Started only where the longest so far would still end in time.
    if (from - began + longest > seconds) {
      stopped = "time";
      break;
    }
    const setting = course.left.shift()!;
    try {
      const candidate = withSetting(tuning, course.target, setting);
      const made = bench.plan(candidate);
      const changed = changedDispatches(plan, made);
      if (changed.length === 0) continue;
      const kept = new Set(made.dispatches.map(({ name }) => name));
      const replaced = [...costs.keys()].filter((name) => changed.includes(name) || !kept.has(name));
      const present = sumOf(costs, replaced);
      const times = await bench.time(made, changed, HOPELESS * present);
      const tried: TriedCandidate = { setting, ms: sum(times), before: present };
      course.tried.push(tried);
      if (isBetter(tried)) {
        const again = await bench.time(plan, replaced, Infinity);
        replaced.forEach((name, index) => costs.set(name, Math.min(costs.get(name)!, again[index])));
        tried.before = sumOf(costs, replaced);
        if (isBetter(tried)) {
          course.ratio *= tried.ms! / tried.before;
          tuning = candidate;
          plan = made;
          costs = new Map(
            made.dispatches.map(({ name }) => [name, times[changed.indexOf(name)] ?? costs.get(name)!]),
          );
        }
      }
    } catch (error) {
      if (!(error instanceof BacklitError) || error instanceof DeviceLostError) throw error;
      course.tried.push({ setting, ms: null, before: null, problem: error.message });
    }
    longest = Math.max(longest, bench.now() - from);
  }
  return {
    tuning,
    stopped,
    targets: courses.map(({ target, tried, left, ratio }) => ({
      ...target,
      default: settingOf(start, target),
      chosen: settingOf(tuning, target),
      gain: 1 - ratio,
      candidates: tried,
      left: left.length,
    })),
    stepMs: { default: before, tuned: total(costs) },
  };
}

/** The target that has had the fewest tries for its weight; none when all are through. */
function next(courses: readonly Course[]): Course | undefined {
  let best: Course | undefined;
  const urgency = ({ weight, tried }: Course): number => weight / (tried.length + 1);
  for (const course of courses) {
    if (course.left.length > 0 && (best === undefined || urgency(course) > urgency(best))) best = course;
  }
  return best;
}

function isBetter({ ms, before }: TriedCandidate): boolean {
  return ms! < (1 - LEAST_GAIN) * before!;
}

/** Names of the dispatches of the second plan that are not as in the first. */
function changedDispatches(before: Plan, after: Plan): string[] {
  const known = new Map(before.dispatches.map((dispatch) => [dispatch.name, signature(dispatch)]));
  return after.dispatches.filter((each) => known.get(each.name) !== signature(each)).map(({ name }) => name);
}

/** What a dispatch does and how; where its tensors lie does not matter. */
function signature({ grid, workgroupSize, jobs }: DispatchPlan): string {
  const plain = jobs.map(({ kernel, roles, constants, workgroups }) => [
    kernel,
    roles,
    Object.entries(constants).filter(([name]) => !name.endsWith("_OFFSET")),
    workgroups,
  ]);
  return JSON.stringify([grid, workgroupSize, plain]);
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const total = (costs: ReadonlyMap<string, number>): number => sum([...costs.values()]);
const sumOf = (costs: ReadonlyMap<string, number>, names: readonly string[]): number =>
  sum(names.map((name) => costs.get(name) ?? 0));
