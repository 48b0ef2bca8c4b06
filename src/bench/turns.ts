/**
 * Taking turns: whatever is timed is timed in rounds, everyone once in each, so that what else the machine does meets all
 * of them. A turn is as much work as fills its share of time, handed over at once and closed by one read.
 */
import type { Protocol } from "./result.ts";

export interface Clock {
  /** Milliseconds. */
  now(): number;
}

/** Something that can be done any number of times. */
export interface Timed {
  /** Hands it over n times, as fast as that can be done. */
  run(n: number): Promise<void>;
  /** Waits for everything handed over, by reading one number that depends on all of it. */
  checksum(): Promise<number>;
}

/** One who takes turns, and the times so far. */
export interface Turn {
  readonly timed: Timed;
  /** Milliseconds for each time it was done, round by round. */
  readonly rounds: number[];
  /** How often it was done, and the seconds that took. */
  count: number;
  seconds: number;
  /** Milliseconds that once is expected to take. */
  estimate: number;
}

/** Whom a failure meets, and why. */
export type OnFailure<T> = (turn: T, reason: string) => void;

/** Most that is handed over at once: without waiting, it must not fill the memory. */
const MOST_AT_ONCE = 100_000;
/** Rounds are added for those who lack time, but not more than this many times the planned number. */
const MOST_ROUNDS = 3;
/** A turn is meant to take a little more than its share: who falls short needs another one. */
const MARGIN = 1.1;

export function newTurn(timed: Timed): Turn {
  return { timed, rounds: [], count: 0, seconds: 0, estimate: 0 };
}

/** The reason why something failed; undefined when it did not. */
export async function attempt(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Works until a quarter of a round's time has passed in one go, which gives an estimate, too. */
export async function warmUp(turn: Turn, { seconds, rounds }: Protocol, clock: Clock): Promise<void> {
  const enough = (1000 * seconds) / rounds / 4;
  for (let n = 1; ; n = Math.min(4 * n, MOST_AT_ONCE)) {
    const ms = await once(turn, n, clock);
    turn.estimate = ms / n;
    if (ms >= enough || n === MOST_AT_ONCE) return;
  }
}

/**
 * All rounds. Gives each turn before it is taken, with the number of its round; whoever fails is taken off the list.
 * @param turns warmed up
 */
export async function* takeTurns<T extends Turn>(
  turns: T[],
  { seconds, rounds }: Protocol,
  clock: Clock,
  onFailure: OnFailure<T>,
  signal?: AbortSignal,
): AsyncGenerator<{ turn: T; round: number }, void> {
  const share = (1000 * seconds) / rounds;
  for (let round = 0; round < MOST_ROUNDS * rounds; round++) {
    // Whoever comes after a slow one comes after another in the next round.
    const begin = round % Math.max(1, turns.length);
    for (const turn of [...turns.slice(begin), ...turns.slice(0, begin)]) {
      if (round >= rounds && turn.seconds >= seconds) continue;
      if (signal?.aborted) return;
      yield { turn, round };
      const problem = await attempt(() => takeTurn(turn, share, clock));
      if (problem === undefined) continue;
      turns.splice(turns.indexOf(turn), 1);
      onFailure(turn, problem);
    }
  }
}

async function takeTurn(turn: Turn, share: number, clock: Clock): Promise<void> {
  const n = Math.min(MOST_AT_ONCE, Math.max(1, Math.ceil((MARGIN * share) / turn.estimate)));
  const ms = await once(turn, n, clock);
  turn.rounds.push(ms / n);
  turn.count += n;
  turn.seconds += ms / 1000;
  turn.estimate = ms / n;
}

/** Milliseconds of n times. */
async function once({ timed }: Turn, n: number, clock: Clock): Promise<number> {
  const start = clock.now();
  await timed.run(n);
  const sum = await timed.checksum();
  const ms = clock.now() - start;
  if (!Number.isFinite(sum)) throw new Error(`the checksum is ${sum}: something diverged`);
  return ms;
}
