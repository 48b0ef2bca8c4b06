/**
 * How long training takes to be good: seconds from creation until so many test images are read rightly. Contenders come
 * one after the other, each for a whole run; test images are read between pieces of training, with the clock stopped.
 */
import type { Contender, Session } from "./contender.ts";
import { openInput } from "./inputs.ts";
import type { AccuracyRatio, AccuracyResult, AccuracyRow, Reached } from "./result.ts";
import type { BenchEvent, BenchOptions } from "./run.ts";
import { attempt } from "./turns.ts";
import { createWorkload, type Workload } from "./workload.ts";

const TARGETS = [0.95, 0.97, 0.98];
/** Readings of the test images in an epoch, and epochs after which the goal is given up. */
const READINGS = 4;
const MOST_EPOCHS = 20;

export async function* runAccuracySuite(
  result: AccuracyResult,
  options: BenchOptions,
): AsyncGenerator<BenchEvent, void> {
  const { narrowing, protocol, contenders, digits, signal } = options;
  const { hidden = [512], batch: [batch] = [128], optimizer: [optimizer] = ["adam"] } = narrowing;
  const input = openInput("mnist", protocol.rows, protocol.seed, digits);
  result.datasets.push(input.used);
  const choice = { hidden, batch, optimizer, input: "mnist" } as const;
  const workload = createWorkload(choice, input.dataset, protocol.seed);
  const who = contenders.filter(({ backend }) => narrowing.backend?.includes(backend) ?? true);
  for (const [index, contender] of who.entries()) {
    if (signal?.aborted) return;
    const racing = race(contender, workload, options);
    for (;;) {
      const next = await racing.next();
      if (next.done) {
        if (typeof next.value === "string") {
          const { contender: name, backend } = contender;
          result.skipped.push({ ...workload.id, contender: name, backend, reason: next.value });
        } else {
          result.rows.push(next.value);
          yield { type: "row", row: next.value };
        }
        break;
      }
      yield {
        type: "progress",
        phase: "race",
        contender: `${contender.contender} ${contender.backend}`,
        done: Math.round(100 * next.value),
        total: 100 * TARGETS[TARGETS.length - 1],
        ...workload.id,
        part: index,
        parts: who.length,
      };
    }
  }
  result.ratios = accuracyRatios(result.rows);
}

/** Trains until the last target is reached; gives each accuracy on the way, then the row, or what went wrong. */
async function* race(
  contender: Contender,
  workload: Workload,
  { protocol, clock, signal }: BenchOptions,
): AsyncGenerator<number, AccuracyRow | string> {
  const stepsPerEpoch = workload.id.trainRows / workload.id.batch;
  const piece = Math.max(1, Math.round(stepsPerEpoch / READINGS));
  const begun = clock.now();
  let session: Session | undefined;
  let milliseconds = 0;
  let [steps, accuracy] = [1, 0];
  const reached: Reached[] = TARGETS.map((target) => ({ accuracy: target, seconds: null, steps: null }));
  /** Does a piece of training and adds its time. */
  const timed = async (work: () => Promise<unknown>): Promise<string | undefined> => {
    const start = clock.now();
    const problem = await attempt(work);
    milliseconds += clock.now() - start;
    return problem;
  };
  try {
    let problem = await timed(async () => {
      session = await contender.open(workload);
      await session.first();
    });
    milliseconds -= session?.searchMs ?? 0;
    const firstStepMs = milliseconds;
    const isOver = (): boolean =>
      reached.every(({ seconds }) => seconds !== null) ||
      steps >= MOST_EPOCHS * stepsPerEpoch ||
      clock.now() - begun > 1000 * protocol.patience ||
      (signal?.aborted ?? false);
    while (problem === undefined && !isOver()) {
      problem = await timed(async () => {
        await session!.run(piece);
        await session!.checksum();
      });
      steps += piece;
      problem ??= await attempt(async () => {
        accuracy = await session!.accuracy();
      });
      for (const target of reached.filter((each) => each.seconds === null && accuracy >= each.accuracy)) {
        target.seconds = milliseconds / 1000;
        target.steps = steps;
      }
      yield accuracy;
    }
    if (problem !== undefined) return problem;
    const { contender: name, backend } = contender;
    const figures = { reached, accuracy, steps, seconds: milliseconds / 1000, firstStepMs };
    return { contender: name, backend, ...workload.id, ...figures, notes: [...session!.notes] };
  } finally {
    session?.dispose();
  }
}

/** Our time over theirs, for every accuracy that both have reached. */
export function accuracyRatios(rows: readonly AccuracyRow[]): AccuracyRatio[] {
  const ours = rows.find(({ contender, backend }) => contender === "backlit" && backend === "webgpu");
  return rows
    .filter((row) => row !== ours)
    .flatMap(({ contender, backend, reached }) =>
      reached.flatMap(({ accuracy, seconds }) => {
        const own = ours?.reached.find((each) => each.accuracy === accuracy)?.seconds ?? null;
        if (own === null || seconds === null) return [];
        return [{ against: contender, backend, accuracy, ratio: own / seconds }];
      }),
    );
}
