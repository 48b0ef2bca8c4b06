/** What is kept of a run between visits: how it was made, its curves, and its final figures; not the model. Pure. */
import type { CurveData } from "./curves.ts";
import { offerOf, OWN_FILES } from "./datasets.ts";
import type { OptionTexts } from "./permalink.ts";

export interface KeptRun {
  id: string;
  /** As the person called it; empty until then. */
  name: string;
  /** When it ended, as `Date.now()` counts. */
  at: number;
  /** What the permalink held. */
  options: OptionTexts;
  dataset: string;
  /** Units of each layer, input and output included. */
  sizes: number[];
  /** What it ran on, and whether that was no GPU. */
  adapter: string;
  software: boolean;
  steps: number;
  seconds: number;
  /** "completed", "aborted" and so on, or the code of the error that ended it. */
  ending: string;
  train: Scores | null;
  validation: Scores | null;
  test: (Scores & { macroF1: number }) | null;
  curves: CurveData;
  /** Of a run whose tab was closed before its end, as long as its checkpoint is kept: where that stands. */
  interrupted?: Interrupted;
}

/** What is to be known of a checkpoint without reading it; `steps` of its run were taken. */
export interface Interrupted {
  /** Finished ones. */
  epoch: number;
  epochs: number;
  engine: "gpu" | "cpu";
  /** Which of the run's two checkpoints it is: one stays while the other is written (model/under-way.ts). */
  place: 0 | 1;
}

export interface Scores {
  loss: number;
  accuracy: number;
}

/** What a run is called while it has no name of its own. */
export function titleOf({ name, dataset, sizes }: KeptRun): string {
  return name || `${dataset}, ${sizes.slice(1, -1).join(" - ") || "linear"}`;
}

const ENDINGS: Record<string, string> = {
  completed: "completed",
  aborted: "stopped",
  interrupted: "interrupted",
  "max-steps": "ended as asked",
  "early-stopping": "ended early",
  "training/diverged": "diverged",
  "gpu/device-lost": "the GPU was lost",
};

/** How a run ended, in words. */
export function endingOf({ ending }: KeptRun): string {
  return ENDINGS[ending] ?? "ended by an error";
}

/** What tells apart runs that are called the same, in this order. */
const TRAITS: readonly ((run: KeptRun) => string)[] = [
  ({ options }) => `seed ${options.seed ?? "1"}`,
  endingOf,
  ({ at }) => new Date(at).toLocaleDateString(undefined, { dateStyle: "medium" }),
  ({ at }) => new Date(at).toLocaleTimeString(undefined, { timeStyle: "medium" }),
];

/** The titles of runs, with as much added to those that are the same as it takes to tell them apart. */
export function distinctTitles(runs: readonly KeptRun[]): string[] {
  return TRAITS.reduce(
    (titles, trait) => {
      const traits = runs.map(trait);
      const isAlike = (a: number, b: number): boolean => titles[a] === titles[b];
      return titles.map((title, i) =>
        traits.some((other, j) => isAlike(i, j) && other !== traits[i]) ? `${title}, ${traits[i]}` : title,
      );
    },
    runs.map((run) => titleOf(run)),
  );
}

/** Runs from another version of the page, or not from it at all, are left alone and not shown. */
export function isKeptRun(value: unknown): value is KeptRun {
  const run = value as KeptRun | null;
  return (
    typeof run === "object" &&
    run !== null &&
    typeof run.id === "string" &&
    typeof run.name === "string" &&
    typeof run.at === "number" &&
    typeof run.options === "object" &&
    Array.isArray(run.sizes) &&
    [run.curves?.train, run.curves?.validation].every((points) => Array.isArray(points?.steps))
  );
}

/** Runs on own files were once kept as if they had been on the default's digits. */
export function withOwnFiles(run: KeptRun): KeptRun {
  if (run.options.data !== undefined || offerOf(run.dataset) !== OWN_FILES) return run;
  return { ...run, options: { ...run.options, data: OWN_FILES } };
}

const FIGURES = [
  "ended",
  "name",
  "dataset",
  "network",
  "ending",
  "steps",
  "seconds",
  "test accuracy",
  "test loss",
  "macro F1",
  "validation accuracy",
  "validation loss",
  "training accuracy",
  "training loss",
  "measured on",
  "options",
];

/** One line per run: figures and options. @param link writes a run's options as its permalink has them */
export function runsToCsv(runs: readonly KeptRun[], link: (options: OptionTexts) => string): string {
  const lines = runs.map((run) => [
    new Date(run.at).toISOString(),
    titleOf(run),
    run.dataset,
    run.sizes.join("-"),
    run.ending,
    run.steps,
    run.seconds,
    run.test?.accuracy,
    run.test?.loss,
    run.test?.macroF1,
    run.validation?.accuracy,
    run.validation?.loss,
    run.train?.accuracy,
    run.train?.loss,
    run.software ? `${run.adapter} (software, not a GPU)` : run.adapter,
    link(run.options),
  ]);
  return csv([FIGURES, ...lines]);
}

/** One line per point of either curve. */
export function curvesToCsv({ train, validation }: CurveData): string {
  const rows = new Map<number, (number | undefined)[]>();
  train.steps.forEach((step, i) => rows.set(step, [step, train.loss[i], train.accuracy[i]]));
  validation.steps.forEach((step, i) => {
    const [, loss, accuracy] = rows.get(step) ?? [];
    rows.set(step, [step, loss, accuracy, validation.loss[i], validation.accuracy[i]]);
  });
  const sorted = [...rows.values()].sort(([a], [b]) => a! - b!);
  const head = ["step", "training loss", "training accuracy", "validation loss", "validation accuracy"];
  return csv([head, ...sorted.map((row) => head.map((_, i) => row[i]))]);
}

/** RFC 4180. What a spreadsheet would take for a formula is kept from being one. */
function csv(rows: readonly (readonly (string | number | undefined)[])[]): string {
  const cell = (value: string | number | undefined): string => {
    if (value === undefined) return "";
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
