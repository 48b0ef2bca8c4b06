/** Lets several processes judge mutants side by side. */
import type { Asked, Judge, Verdict } from "./judge.ts";
import type { Mutant } from "./mutants.ts";

export interface RunOptions {
  workers: readonly Asked[];
  judge: Judge;
  /** Ends as soon as so many compile. */
  sample?: number;
  onVerdict: (verdict: Verdict) => void;
}

/** Verdicts in the order of the mutants. @throws Error when a case fails without a mutant, or cannot be run */
export async function judgeAll(mutants: readonly Mutant[], options: RunOptions): Promise<Verdict[]> {
  const { workers, judge, sample = Infinity, onVerdict } = options;
  const verdicts: Verdict[] = [];
  let next = 0;
  let underWay = 0;
  let compiled = 0;
  const work = async (worker: Asked): Promise<void> => {
    while (next < mutants.length && compiled + underWay < sample) {
      const at = next++;
      underWay++;
      const verdict = await judge.judge(worker, mutants[at]);
      underWay--;
      if (verdict.result !== "discarded") compiled++;
      verdicts[at] = verdict;
      onVerdict(verdict);
    }
  };
  await Promise.all(workers.map(work));
  return verdicts.filter((verdict) => verdict !== undefined);
}
