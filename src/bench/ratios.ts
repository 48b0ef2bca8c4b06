/** Our time over theirs, for all whose losses agree. */
import { workloadKey, type StepRatio, type StepRow } from "./result.ts";

/** Backlit on WebGPU against every other row of its workload. A row whose losses disagree is in no ratio. */
export function stepRatios(rows: readonly StepRow[]): StepRatio[] {
  const ranked = rows.filter(({ lossAgrees }) => lossAgrees);
  const ours = ranked.filter(({ contender, backend }) => contender === "backlit" && backend === "webgpu");
  return ours.flatMap((own) =>
    ranked
      .filter((row) => row !== own && workloadKey(row) === workloadKey(own))
      .map((row): StepRatio => {
        const { network, batch, optimizer, input, trainRows } = own;
        return {
          against: row.contender,
          backend: row.backend,
          network,
          batch,
          optimizer,
          input,
          trainRows,
          ratio: own.msPerStep / row.msPerStep,
          ...ratioRange(own.rounds, row.rounds, own.msPerStep / row.msPerStep),
        };
      }),
  );
}

/** Smallest and largest ratio of rounds that were taken together; that of the medians lies between them. */
export function ratioRange(
  ours: readonly number[],
  theirs: readonly number[],
  ratio: number,
): { lowest: number; highest: number } {
  const ratios = ours.slice(0, theirs.length).map((milliseconds, round) => milliseconds / theirs[round]);
  return { lowest: Math.min(ratio, ...ratios), highest: Math.max(ratio, ...ratios) };
}
