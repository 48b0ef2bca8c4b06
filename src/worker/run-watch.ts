/**
 * Sits beside the page's run: passes every step's figures and every validation on, and keeps what the page may ask about,
 * while it trains and after it has ended.
 */
import { splitOf, type Dataset, type SplitName } from "../core/dataset.ts";
import type { Engine, StepRecord } from "../core/engine.ts";
import { BacklitError } from "../core/errors.ts";
import { evaluationEvent } from "./inference-job.ts";
import type { EvaluatedSplit, RunWatcher } from "./job.ts";
import { look, type Look } from "./look.ts";
import { readRows } from "./read-rows.ts";
import type { Cell, CellImages, TrainerEvent } from "./trainer-api.ts";

export class RunWatch implements RunWatcher {
  readonly #report: (event: TrainerEvent) => void;
  readonly #evaluated = new Map<SplitName, EvaluatedSplit>();
  #dataset: Dataset | undefined;
  #engine: Engine | undefined;
  /** Steps taken before this engine's own; known once it has told of its first. */
  #before: number | undefined;

  constructor(report: (event: TrainerEvent) => void) {
    this.#report = report;
  }

  opened(engine: Engine, dataset: Dataset): void {
    this.#before = undefined;
    this.#engine = engine;
    this.#dataset = dataset;
  }

  closed(): void {
    this.#engine = undefined;
  }

  recorded(records: readonly StepRecord[]): void {
    if (records.length === 0) return;
    this.#before ??= records[0].step;
    this.#report({
      type: "steps",
      first: records[0].step,
      losses: Float64Array.from(records, ({ loss }) => loss),
      correct: Uint32Array.from(records, ({ correct }) => correct),
      rows: Uint32Array.from(records, ({ rows }) => rows),
    });
  }

  evaluated(evaluated: EvaluatedSplit): void {
    this.#evaluated.set(evaluated.split, evaluated);
    if (evaluated.split === "validation") this.#report(evaluationEvent(evaluated, 0));
  }

  /** While the run is on, of the engine's parameters now; afterwards of those that were evaluated last. */
  async look(): Promise<Look | undefined> {
    const dataset = this.#dataset;
    if (!dataset) return undefined;
    // The same rows before and after the end: those that a validation is of, where there are any.
    const split = splitOf(dataset, dataset.validation ? "validation" : "train");
    const engine = this.#engine;
    if (engine && this.#before !== undefined) {
      try {
        const parameters = await engine.parameters();
        return look(engine.network, parameters, split, this.#before + engine.counters.steps);
      } catch (error) {
        // It was lost or disposed of in the meantime: the run itself says so.
        if (!(error instanceof BacklitError)) throw error;
      }
    }
    const last = this.#evaluated.get("test") ?? this.#evaluated.get("validation");
    return last && look(last.network, last.parameters, split);
  }

  /** @param count at most so many of its images */
  cell({ split, truth, predicted }: Cell, count: number): CellImages | undefined {
    const evaluated = this.#evaluated.get(split);
    if (!evaluated) return undefined;
    const { labels } = splitOf(evaluated.dataset, split);
    const { evaluation } = evaluated;
    const rows = Array.from(labels.keys()).filter(
      (row) => labels[row] === truth && evaluation.predicted[row] === predicted,
    );
    rows.sort((a, b) => evaluation.losses[b] - evaluation.losses[a] || a - b);
    return { total: rows.length, images: readRows(evaluated, rows.slice(0, count)) };
  }
}
