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
        const { network, batch, optimizer, input } = own;
        const ratios = own.rounds
          .slice(0, row.rounds.length)
          .map((milliseconds, round) => milliseconds / row.rounds[round]);
        return {
          against: row.contender,
          backend: row.backend,
          network,
          batch,
          optimizer,
          input,
          ratio: own.msPerStep / row.msPerStep,
          lowest: Math.min(...ratios),
          highest: Math.max(...ratios),
        };
      }),
  );
}
