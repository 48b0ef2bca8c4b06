/**
 * How contenders are measured on one workload. Each is opened and takes its first step; then all losses must agree, step
 * by step; then they take turns, round after round, so that whatever else the machine does meets all of them. A round of
 * a contender is as many steps as fill its share of time, handed over at once and closed by one read.
 */
import { compareLosses, type Agreement } from "./agreement.ts";
import type { Contender, Session } from "./contender.ts";
import { stepRatios } from "./ratios.ts";
import type { Protocol, Reference, Skipped, StepRatio, StepRow } from "./result.ts";
import { median, relativeSpread } from "./statistics.ts";
import { attempt, newTurn, takeTurns, warmUp, type Clock, type Turn } from "./turns.ts";
import { flopsPerStep, type Workload } from "./workload.ts";

/** For a person who waits. */
export interface Progress {
  phase: "open" | "losses" | "warm-up" | "round" | "race";
  contender: string;
  /** Of the rounds; of a race, percent of the test images. */
  done: number;
  total: number;
}

export interface Outcome {
  rows: StepRow[];
  ratios: StepRatio[];
  skipped: Skipped[];
  reference: Reference | undefined;
}

interface Entry extends Turn {
  contender: Contender;
  session: Session;
  firstStepMs: number;
  losses: number[];
  agreement: Agreement;
}

/** Measures; when the signal is aborted, ends after the step under way with what there is. */
export async function* measureWorkload(
  workload: Workload,
  contenders: readonly Contender[],
  protocol: Protocol,
  clock: Clock,
  signal?: AbortSignal,
): AsyncGenerator<Progress, Outcome> {
  const skipped: Skipped[] = [];
  const entries: Entry[] = [];
  const skip = ({ contender, backend }: Contender, reason: string): void => {
    skipped.push({ ...workload.id, contender, backend, reason });
  };
  try {
    for (const contender of contenders) {
      if (signal?.aborted) break;
      yield progress("open", contender);
      const entry = await openEntry(contender, workload, protocol, clock, skip);
      if (entry === undefined) continue;
      entries.push(entry);
      yield progress("losses", contender);
      const problem = await attempt(() => takeLosses(entry, protocol.lossSteps, signal));
      if (problem !== undefined) drop(entries, entry, problem, skip);
    }
    const reference = chooseReference(entries);
    if (reference === undefined) return { rows: [], ratios: [], skipped, reference: undefined };
    for (const entry of entries) {
      entry.agreement = compareLosses(entry.losses, reference.losses, protocol.tolerance);
    }
    for (const entry of entries.slice()) {
      if (signal?.aborted) break;
      yield progress("warm-up", entry.contender);
      const problem = await attempt(async () => {
        await entry.session.prepare();
        await warmUp(entry, protocol, clock);
      });
      if (problem !== undefined) drop(entries, entry, problem, skip);
    }
    const failed = (entry: Entry, reason: string): void => {
      skip(entry.contender, reason);
      entry.session.dispose();
    };
    for await (const { turn, round } of takeTurns(entries, protocol, clock, failed, signal)) {
      yield progress("round", turn.contender, round, protocol.rounds);
    }
    const rows = entries.filter(({ rounds }) => rounds.length > 0).map((entry) => stepRow(workload, entry));
    const { contender, backend } = reference.contender;
    return {
      rows,
      ratios: stepRatios(rows),
      skipped,
      reference: { ...workload.id, contender, backend },
    };
  } finally {
    for (const { session } of entries) session.dispose();
  }
}

function progress(
  phase: Progress["phase"],
  { contender, backend }: Contender,
  done = 0,
  total = 0,
): Progress {
  return { phase, contender: `${contender} ${backend}`, done, total };
}

function drop(
  entries: Entry[],
  entry: Entry,
  reason: string,
  skip: (contender: Contender, reason: string) => void,
): void {
  skip(entry.contender, reason);
  entries.splice(entries.indexOf(entry), 1);
  entry.session.dispose();
}

/** Opens a session and takes its first steps; too slow a contender goes no further. */
async function openEntry(
  contender: Contender,
  workload: Workload,
  protocol: Protocol,
  clock: Clock,
  skip: (contender: Contender, reason: string) => void,
): Promise<Entry | undefined> {
  let session: Session | undefined;
  let entry: Entry | undefined;
  const problem = await attempt(async () => {
    const start = clock.now();
    session = await contender.open(workload);
    await session.first();
    const firstStepMs = clock.now() - start - (session.searchMs ?? 0);
    const before = clock.now();
    const losses = await session.losses(1);
    const estimate = clock.now() - before;
    const agreement = { agrees: false, worst: Number.POSITIVE_INFINITY, steps: 0 };
    entry = { ...newTurn(session), contender, session, firstStepMs, losses, agreement, estimate };
  });
  const needed = ((entry?.estimate ?? 0) * (protocol.lossSteps + protocol.rounds)) / 1000;
  if (entry !== undefined && needed <= protocol.patience) return entry;
  session?.dispose();
  skip(
    contender,
    problem ??
      `a step takes ${((entry?.estimate ?? 0) / 1000).toFixed(1)} s, and all that is needed ` +
        `${Math.round(needed)} s, more than the patience of ${protocol.patience} s`,
  );
  return undefined;
}

/** In pieces of about a second, so that whoever is in a hurry need not wait for all of them. */
async function takeLosses(entry: Entry, wanted: number, signal: AbortSignal | undefined): Promise<void> {
  const { session, losses, estimate } = entry;
  const piece = Math.max(1, Math.floor(1000 / Math.max(1, estimate)));
  while (losses.length < wanted) {
    if (signal?.aborted) return;
    losses.push(...(await session.losses(Math.min(piece, wanted - losses.length))));
  }
}

/** The plain loop where it was fast enough to take part, else Backlit's GPU engine, else whoever is left. */
function chooseReference(entries: readonly Entry[]): Entry | undefined {
  const ours = (backend: string): Entry | undefined =>
    entries.find(({ contender }) => contender.contender === "backlit" && contender.backend === backend);
  return ours("cpu") ?? ours("webgpu") ?? entries[0];
}

function stepRow({ id, network, training }: Workload, entry: Entry): StepRow {
  const { contender, session, firstStepMs, agreement, rounds, count } = entry;
  const msPerStep = median(rounds);
  return {
    contender: contender.contender,
    backend: contender.backend,
    ...id,
    msPerStep,
    spread: relativeSpread(rounds),
    stepsPerSecond: 1000 / msPerStep,
    gflops: flopsPerStep(network, training.batchSize) / msPerStep / 1e6,
    firstStepMs,
    lossAgrees: agreement.agrees,
    lossSteps: agreement.steps,
    // JSON knows no infinity.
    lossWorst: Number.isFinite(agreement.worst) ? agreement.worst : Number.MAX_VALUE,
    steps: count,
    rounds: [...rounds],
    notes: [...session.notes],
  };
}
