/** The row that the list of runs gets of a run, from what it has said so far. Pure. */
import type { EpochEvent } from "../../train/events.ts";
import type { DoneEvent, EvaluationEvent, StartEvent } from "../../worker/job.ts";
import { curvesUntil, type CurveData } from "./curves.ts";
import type { KeptRun, Scores } from "./kept-run.ts";
import type { OptionTexts } from "./permalink.ts";

export interface RunIdentity {
  id: string;
  name: string;
  /** What it was started with. */
  options: OptionTexts;
}

export interface SoFar {
  start: StartEvent;
  /** Taken in all. */
  steps: number;
  epochs: readonly EpochEvent[];
  validation: Scores | null;
  test: EvaluationEvent | null;
  done: DoneEvent | null;
  failure: { code: string } | null;
  curves: CurveData;
}

export function rowOf({ id, name, options }: RunIdentity, said: SoFar): KeptRun {
  const { start, steps, epochs, validation, test, done, failure, curves } = said;
  const { description, device, vendor, software } = start.adapter;
  return {
    id,
    name,
    at: Date.now(),
    options,
    dataset: start.dataset.name,
    sizes: [start.network.input, ...start.network.layers.map(({ units }) => units)],
    adapter: description || device || vendor,
    software,
    steps,
    seconds: done?.seconds ?? epochs.reduce((sum, { seconds }) => sum + seconds, 0),
    ending: failure?.code ?? done?.reason ?? "unknown",
    train: done?.train ?? epochs.at(-1)?.train ?? null,
    validation,
    test: test && {
      loss: test.loss,
      accuracy: test.report.accuracy,
      macroF1: test.report.macro.f1,
    },
    curves,
  };
}

/** A checkpoint, and what the run had said until then. */
export interface CheckpointNote extends Pick<SoFar, "start" | "steps" | "epochs"> {
  /** Spent on these steps. */
  seconds: number;
  before: KeptRun | undefined;
}

/** The row of a run that is interrupted after this checkpoint: all of it as it stands there, for that is what is left. */
export function rowAt(row: KeptRun, { steps, seconds, start, epochs, before }: CheckpointNote): KeptRun {
  const finished = epochs.filter(({ step }) => step <= steps).at(-1);
  return {
    ...row,
    steps,
    seconds,
    ending: "interrupted",
    train: finished?.train ?? null,
    validation: finished?.validation ?? null,
    test: null,
    curves: curvesUntil(steps, row.curves),
    interrupted: {
      epoch: finished?.epoch ?? 0,
      epochs: start.training.epochs,
      engine: start.engine,
      place: before?.interrupted?.place === 0 ? 1 : 0,
    },
  };
}
