/** The suites whose unit is a training step: every workload in turn, all contenders on each. */
import { openInput, type Input } from "./inputs.ts";
import { measureWorkload, type Outcome } from "./protocol.ts";
import {
  workloadKey,
  type CrossoverCell,
  type Series,
  type StepRow,
  type StepSuiteResult,
} from "./result.ts";
import type { BenchEvent, BenchOptions } from "./run.ts";
import { planSuite, type PlannedChoice, type StepSuite } from "./suites.ts";
import { createWorkload } from "./workload.ts";

const NO_WASM =
  "Nothing was measured on wasm, where only the peers run: they take part when they are asked for (--peers tfjs,jax).";

export async function* runStepSuite(
  suite: StepSuite,
  result: StepSuiteResult,
  { narrowing, protocol, contenders, adapter, digits, clock, signal }: BenchOptions,
): AsyncGenerator<BenchEvent, void> {
  const { choices, left } = planSuite(suite, narrowing, adapter.software);
  for (const { choice, reason } of left) {
    const { batch, optimizer, input } = choice;
    result.skipped.push({ network: `784-${choice.hidden.join("-")}-10`, batch, optimizer, input, reason });
  }
  if (suite === "scaling") result.series = [];
  if (suite === "crossover") {
    result.cells = [];
    const wanted = narrowing.backend?.includes("wasm") ?? true;
    if (wanted && !contenders.some(({ backend }) => backend === "wasm")) result.notes.push(NO_WASM);
  }
  const inputs = new Map<string, Input>();
  for (const [index, choice] of choices.entries()) {
    if (signal?.aborted) return;
    const trainRows = choice.trainRows ?? protocol.rows;
    let input = inputs.get(`${choice.input} ${trainRows}`);
    if (input === undefined) {
      input = openInput(choice.input, trainRows, protocol.seed, digits);
      inputs.set(`${choice.input} ${trainRows}`, input);
      result.datasets.push(input.used);
    }
    const workload = createWorkload(choice, input.dataset, protocol.seed);
    const who = contenders.filter(({ contender, backend }) => {
      const wanted = narrowing.backend?.includes(backend) ?? true;
      // What a small network costs on a GPU is held against what it costs without one.
      return wanted && (suite !== "crossover" || contender === "backlit" || backend === "wasm");
    });
    const measuring = measureWorkload(workload, who, protocol, clock, signal);
    let outcome: Outcome;
    for (;;) {
      const next = await measuring.next();
      if (next.done) {
        outcome = next.value;
        break;
      }
      yield { type: "progress", ...next.value, ...workload.id, part: index, parts: choices.length };
    }
    result.rows.push(...outcome.rows);
    result.ratios.push(...outcome.ratios);
    result.skipped.push(...outcome.skipped);
    if (outcome.reference !== undefined) result.references.push(outcome.reference);
    addToSeries(result.series, choice, workloadKey(workload.id), workload.id.trainRows);
    if (outcome.rows.length > 0) result.cells?.push(cellOf(choice, workloadKey(workload.id), outcome.rows));
    for (const row of outcome.rows) yield { type: "row", row };
  }
}

function addToSeries(
  series: Series[] | undefined,
  { series: names = [], batch, hidden }: PlannedChoice,
  workload: string,
  trainRows: number,
): void {
  const sizes = { batch, width: hidden[0], depth: hidden.length, trainRows };
  for (const name of series === undefined ? [] : names) {
    let found = series!.find((each) => each.name === name);
    if (found === undefined) series!.push((found = { name, points: [] }));
    found.points.push({ size: sizes[name], workload });
    found.points.sort((a, b) => a.size - b.size);
  }
}

function cellOf({ hidden, batch }: PlannedChoice, workload: string, rows: readonly StepRow[]): CrossoverCell {
  const ranked = rows.filter(({ lossAgrees }) => lossAgrees);
  const fastest = (backend: string): number =>
    Math.min(...ranked.filter((row) => row.backend === backend).map(({ msPerStep }) => msPerStep));
  const over = (backend: string): number | null => {
    const ratio = fastest("webgpu") / fastest(backend);
    return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
  };
  return { hidden: hidden[0], batch, workload, overPlainLoop: over("cpu"), overWasm: over("wasm") };
}
