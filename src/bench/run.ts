/** Runs a suite: one workload after the other, with what happens as events and the result as the last of them. */
import type { Dataset } from "../core/dataset.ts";
import type { AdapterSummary } from "../core/engine.ts";
import type { Contender } from "./contender.ts";
import { openInput, type Input } from "./inputs.ts";
import { measureWorkload, type Clock, type Outcome, type Progress } from "./protocol.ts";
import type {
  BenchResult,
  Environment,
  InputKind,
  Protocol,
  StepRow,
  SuiteName,
  WorkloadId,
} from "./result.ts";
import { planSuite, type Narrowing } from "./suites.ts";
import { createWorkload } from "./workload.ts";

export const DEFAULT_ROWS = 16_384;

/** @param software 20 steps are compared there instead of 200, as each takes so much longer */
export function benchProtocol(
  software: boolean,
  { quick = false, seed = 1, ...given }: Partial<Protocol> = {},
): Protocol {
  const full = { lossSteps: software ? 20 : 200, rounds: 5, seconds: 2, patience: 180, rows: DEFAULT_ROWS };
  const short = { lossSteps: software ? 5 : 50, rounds: 3, seconds: 0.5, patience: 60, rows: 2048 };
  return { quick, tolerance: 0.01, seed, ...(quick ? short : full), ...withoutUndefined(given) };
}

export interface BenchOptions {
  suite: SuiteName;
  narrowing: Narrowing;
  protocol: Protocol;
  contenders: readonly Contender[];
  adapter: AdapterSummary;
  environment: Environment;
  /** Real digits, where there are any. */
  digits?: Dataset;
  signal?: AbortSignal;
  clock: Clock;
}

export type BenchEvent =
  | (Progress & WorkloadId & { type: "progress"; workload: number; workloads: number })
  | { type: "row"; row: StepRow }
  | { type: "bench"; result: BenchResult };

/** @throws SpecError where the options leave nothing to measure */
export async function* runBench(options: BenchOptions): AsyncGenerator<BenchEvent, void, undefined> {
  const { suite, narrowing, protocol, contenders, adapter, environment, signal, clock } = options;
  const start = clock.now();
  const { choices, left } = planSuite(suite, narrowing, adapter.software);
  const inputs = new Map<InputKind, Input>();
  const result: BenchResult = {
    type: "result",
    suite: "step",
    adapter,
    environment,
    protocol,
    rows: [],
    ratios: [],
    references: [],
    datasets: [],
    skipped: left.map(({ choice, reason }) => ({ ...choiceId(choice), reason })),
    notes: [],
    seconds: 0,
    interrupted: false,
    command: "",
  };
  for (const [index, choice] of choices.entries()) {
    if (signal?.aborted) break;
    let input = inputs.get(choice.input);
    if (input === undefined) {
      input = openInput(choice.input, protocol.rows, protocol.seed, options.digits);
      inputs.set(choice.input, input);
      result.datasets.push(input.used);
    }
    const workload = createWorkload(choice, input.dataset, protocol.seed);
    const measuring = measureWorkload(workload, contenders, protocol, clock, signal);
    let outcome: Outcome;
    for (;;) {
      const next = await measuring.next();
      if (next.done) {
        outcome = next.value;
        break;
      }
      yield { type: "progress", ...next.value, ...workload.id, workload: index, workloads: choices.length };
    }
    result.rows.push(...outcome.rows);
    result.ratios.push(...outcome.ratios);
    result.skipped.push(...outcome.skipped);
    if (outcome.reference !== undefined) result.references.push(outcome.reference);
    for (const row of outcome.rows) yield { type: "row", row };
  }
  result.interrupted = signal?.aborted ?? false;
  result.seconds = (clock.now() - start) / 1000;
  yield { type: "bench", result };
}

function choiceId({
  hidden,
  batch,
  optimizer,
  input,
}: { hidden: readonly number[] } & Omit<WorkloadId, "network">) {
  return { network: [784, ...hidden, 10].join("-"), batch, optimizer, input };
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>;
}
