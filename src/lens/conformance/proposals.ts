/**
 * What to use instead of a kernel that computes wrongly here: another tuning table, if one gets right everything that failed,
 * and the standard cases of that kind and of all that tables share. A table that merely stays within its bound where another
 * one does not is no remedy.
 */
import type { Tuning } from "../../gpu/tuning.ts";
import type { CaseResult, Proposal } from "./report.ts";
import type { CheckGroup } from "./suite.ts";

/** A group of which a case failed. */
export interface FailedGroup {
  group: CheckGroup;
  /** The number of its first case. */
  first: number;
  /** Of all its cases that ran. */
  results: readonly CaseResult[];
}

interface ProposalOptions {
  /** Tables to choose from, in this order. */
  tunings: readonly Tuning[];
  /** Kinds of groups in which each kernel file ran. */
  kindsOf: ReadonlyMap<string, ReadonlySet<string>>;
  standard: readonly CheckGroup[];
  /** Whether the cases of a group pass with a table. @param wanted their numbers; all when left out */
  passes: (group: CheckGroup, tuning: Tuning, first?: number, wanted?: readonly number[]) => Promise<boolean>;
  signal?: AbortSignal | undefined;
}

/** Groups of one kernel that are repeated: with a long run of random cases there can be hundreds. */
const MOST_REPEATED = 6;

const hasFailed = ({ failure }: CaseResult): boolean => failure !== "";
const worstOf = ({ results }: FailedGroup): number =>
  Math.max(...results.filter(hasFailed).map(({ errorOverBound }) => errorOverBound));
const keyOf = ({ group, results }: FailedGroup): string =>
  JSON.stringify([results.find(hasFailed)!.kernel, group.tuning.name]);

/** One proposal for each kernel and table that failed; none where that was interrupted. */
export async function propose(
  failed: readonly FailedGroup[],
  { tunings, kindsOf, standard, passes, signal }: ProposalOptions,
): Promise<Proposal[]> {
  const concerned = failed.filter(({ group }) => group.kernels !== "apart");
  const byKernel = new Map<string, FailedGroup[]>();
  for (const each of concerned) byKernel.set(keyOf(each), [...(byKernel.get(keyOf(each)) ?? []), each]);
  // The worst first: what no table gets right shows there soonest.
  const repeated = [...byKernel.values()]
    .flatMap((groups) => groups.toSorted((a, b) => worstOf(b) - worstOf(a)).slice(0, MOST_REPEATED))
    .toSorted((a, b) => worstOf(b) - worstOf(a));
  const wrong = new Set(concerned.map(({ group }) => group.tuning.name));
  const isAborted = (): boolean => signal?.aborted ?? false;

  /** Whether a table gets everything right that failed. */
  const rightsAll = once(async (tuning: Tuning): Promise<boolean> => {
    if (wrong.has(tuning.name)) return false;
    for (const { group, first, results } of repeated) {
      const wanted = results.map(({ number }) => number);
      if (isAborted() || !(await passes(group, tuning, first, wanted))) return false;
    }
    return true;
  });
  /** What some table got wrong; likely the next one does, too. */
  const suspects = new Set<CheckGroup>();
  const passesStandard = once(async (tuning: Tuning, kind: string): Promise<boolean> => {
    const groups = standard.filter(({ name, kernels }) =>
      kind === SHARED ? kernels === "shared" : name === kind,
    );
    for (const group of groups.toSorted((a, b) => Number(suspects.has(b)) - Number(suspects.has(a)))) {
      if (isAborted()) return false;
      if (await passes(group, tuning)) continue;
      suspects.add(group);
      return false;
    }
    return true;
  });

  const proposals: Proposal[] = [];
  for (const groups of byKernel.values()) {
    const [{ group, results }] = groups;
    if (group.kernels !== "own") continue;
    const { kernel } = results.find(hasFailed)!;
    let instead: Tuning | null = null;
    const kinds = [SHARED, ...(kindsOf.get(kernel) ?? [])];
    for (const tuning of tunings) {
      let isRight = await rightsAll(tuning);
      for (const kind of kinds) isRight &&= await passesStandard(tuning, kind);
      if (isAborted()) return [];
      if (!isRight) continue;
      instead = tuning;
      break;
    }
    proposals.push({ kernel, variant: group.tuning.name, instead });
  }
  return proposals;
}

/** No kind of group is called so. */
const SHARED = "";

/** Asks once for each table and word. */
function once(
  ask: (tuning: Tuning, word: string) => Promise<boolean>,
): (tuning: Tuning, word?: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  return (tuning, word = "") => {
    const key = JSON.stringify([tuning.name, word]);
    const answer = known.get(key) ?? ask(tuning, word);
    known.set(key, answer);
    return answer;
  };
}
