/** What a submit and a dispatch cost by themselves: the ladder of dispatches that do nothing. */
import type { BenchEvent, BenchOptions } from "./run.ts";
import type { OverheadResult, OverheadRow } from "./result.ts";
import { median, relativeSpread } from "./statistics.ts";
import { newTurn, takeTurns, warmUp, type Timed, type Turn } from "./turns.ts";

/** Submits of so many dispatches. */
export type Ladder = (dispatches: number) => Timed;

const RUNGS = [1, 10, 100, 1000];

interface Rung extends Turn {
  dispatches: number;
}

export async function* runOverheadSuite(
  result: OverheadResult,
  { ladder, protocol, clock, signal }: BenchOptions,
): AsyncGenerator<BenchEvent, void> {
  const progress = (phase: "warm-up" | "round", { dispatches }: Rung, done = 0): BenchEvent => ({
    type: "progress",
    phase,
    contender: `submits of ${dispatches}`,
    work: "dispatches that do nothing",
    done,
    total: protocol.rounds,
    part: 0,
    parts: 1,
  });
  const rungs = RUNGS.map((dispatches): Rung => ({ ...newTurn(ladder(dispatches)), dispatches }));
  for (const rung of rungs) {
    if (signal?.aborted) return;
    yield progress("warm-up", rung);
    await warmUp(rung, protocol, clock);
  }
  const failed = (_: Rung, reason: string): void => {
    result.skipped.push({ contender: "backlit", backend: "webgpu", reason });
  };
  for await (const { turn, round } of takeTurns(rungs, protocol, clock, failed, signal)) {
    yield progress("round", turn, round);
  }
  for (const { dispatches, rounds } of rungs.filter((rung) => rung.rounds.length > 0)) {
    const usPerSubmit = 1000 * median(rounds);
    const row: OverheadRow = {
      contender: "backlit",
      backend: "webgpu",
      dispatches,
      usPerSubmit,
      usPerDispatch: usPerSubmit / dispatches,
      spread: relativeSpread(rounds),
      rounds: [...rounds],
    };
    result.rows.push(row);
    yield { type: "row", row };
  }
}
