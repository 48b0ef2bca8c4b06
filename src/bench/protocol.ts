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
import { flopsPerStep, type Workload } from "./workload.ts";

export interface Clock {
  /** Milliseconds. */
  now(): number;
}

/** For a person who waits. */
export interface Progress {
  phase: "open" | "losses" | "warm-up" | "round";
  contender: string;
  /** Of the rounds. */
  done: number;
  total: number;
}

export interface Outcome {
  rows: StepRow[];
  ratios: StepRatio[];
  skipped: Skipped[];
  reference: Reference | undefined;
}

/** Most steps of one round: a contender that hands over without waiting must not fill the memory. */
const MOST_STEPS = 100_000;
/** Rounds are added for contenders that lack time, but not more than this many times the planned number. */
const MOST_ROUNDS = 3;
/** A round is meant to take a little more than its share: who falls short needs another one. */
const MARGIN = 1.1;

interface Entry {
  contender: Contender;
  session: Session;
  firstStepMs: number;
  losses: number[];
  agreement: Agreement;
  /** Milliseconds per step, of each round. */
  rounds: number[];
  steps: number;
  seconds: number;
  /** Best estimate so far, in milliseconds. */
  estimate: number;
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
      const problem = await attempt(async () => {
        entry.losses.push(...(await entry.session.losses(protocol.lossSteps - entry.losses.length)));
      });
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
      const problem = await attempt(() => warmUp(entry, protocol, clock));
      if (problem !== undefined) drop(entries, entry, problem, skip);
    }
    yield* takeTurns(entries, protocol, clock, skip, signal);
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

/** The reason why something failed; undefined when it did not. */
async function attempt(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
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
    const firstStepMs = clock.now() - start;
    const before = clock.now();
    const losses = await session.losses(1);
    const estimate = clock.now() - before;
    const agreement = { agrees: false, worst: Number.POSITIVE_INFINITY, steps: 0 };
    const counts = { rounds: [], steps: 0, seconds: 0 };
    entry = { contender, session, firstStepMs, losses, agreement, estimate, ...counts };
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

/** The plain loop where it was fast enough to take part, else Backlit's GPU engine, else whoever is left. */
function chooseReference(entries: readonly Entry[]): Entry | undefined {
  const ours = (backend: string): Entry | undefined =>
    entries.find(({ contender }) => contender.contender === "backlit" && contender.backend === backend);
  return ours("cpu") ?? ours("webgpu") ?? entries[0];
}

/** Runs until a quarter of a round's time has passed in one go, which gives an estimate, too. */
async function warmUp(entry: Entry, protocol: Protocol, clock: Clock): Promise<void> {
  await entry.session.prepare();
  const enough = (1000 * protocol.seconds) / protocol.rounds / 4;
  for (let steps = 1; ; steps = Math.min(4 * steps, MOST_STEPS)) {
    const start = clock.now();
    await entry.session.run(steps);
    await entry.session.checksum();
    const ms = clock.now() - start;
    entry.estimate = ms / steps;
    if (ms >= enough || steps === MOST_STEPS) return;
  }
}

async function* takeTurns(
  entries: Entry[],
  protocol: Protocol,
  clock: Clock,
  skip: (contender: Contender, reason: string) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Progress, void> {
  const share = (1000 * protocol.seconds) / protocol.rounds;
  const lacksTime = ({ seconds }: Entry): boolean => seconds < protocol.seconds;
  for (let round = 0; round < MOST_ROUNDS * protocol.rounds; round++) {
    // Whoever comes after a slow contender comes after another one in the next round.
    const turn = round % Math.max(1, entries.length);
    for (const entry of [...entries.slice(turn), ...entries.slice(0, turn)]) {
      if (round >= protocol.rounds && !lacksTime(entry)) continue;
      if (signal?.aborted) return;
      yield progress("round", entry.contender, round, protocol.rounds);
      const problem = await attempt(() => takeRound(entry, share, clock));
      if (problem !== undefined) drop(entries, entry, problem, skip);
    }
  }
}

async function takeRound(entry: Entry, share: number, clock: Clock): Promise<void> {
  const steps = Math.min(MOST_STEPS, Math.max(1, Math.ceil((MARGIN * share) / entry.estimate)));
  const start = clock.now();
  await entry.session.run(steps);
  const sum = await entry.session.checksum();
  const ms = clock.now() - start;
  if (!Number.isFinite(sum)) throw new Error(`the parameters sum to ${sum}: training diverged`);
  entry.rounds.push(ms / steps);
  entry.steps += steps;
  entry.seconds += ms / 1000;
  entry.estimate = ms / steps;
}

function stepRow({ id, network, training }: Workload, entry: Entry): StepRow {
  const { contender, session, firstStepMs, agreement, rounds, steps } = entry;
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
    steps,
    rounds: [...rounds],
    notes: [...session.notes],
  };
}
