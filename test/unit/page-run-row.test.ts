/** What the list of runs says of one that is interrupted: how it stood at its checkpoint, and nothing later. */
import { describe, expect, it } from "vitest";
import { rowAt, type CheckpointNote } from "../../src/app/state/run-row.ts";
import type { EpochEvent } from "../../src/train/events.ts";
import { keptRun } from "../support/kept-run.ts";

const epoch = (number: number, step: number): EpochEvent => ({
  type: "epoch",
  epoch: number,
  step,
  learningRate: 0.1,
  seconds: 1,
  train: { loss: 1 / number, accuracy: number / 10 },
  validation: { loss: 2 / number, accuracy: number / 20 },
});
const start = { engine: "gpu", training: { epochs: 6 } } as CheckpointNote["start"];
const points = (steps: number[]) => ({ steps, loss: steps, accuracy: steps });

describe("the row of an interrupted run", () => {
  const row = keptRun({
    steps: 550,
    seconds: 9,
    ending: "unknown",
    curves: { train: points([100, 430, 550]), validation: points([215, 430]) },
    test: { loss: 1, accuracy: 1, macroF1: 1 },
  });
  const note: CheckpointNote = {
    start,
    steps: 430,
    seconds: 4,
    epochs: [epoch(1, 215), epoch(2, 430), epoch(3, 645)],
    before: undefined,
  };

  it("is as of its checkpoint", () => {
    expect(rowAt(row, note)).toEqual({
      ...row,
      steps: 430,
      seconds: 4,
      ending: "interrupted",
      train: { loss: 1 / 2, accuracy: 0.2 },
      validation: { loss: 1, accuracy: 0.1 },
      test: null,
      curves: { train: points([100, 430]), validation: points([215, 430]) },
      interrupted: { epoch: 2, epochs: 6, engine: "gpu", place: 0 },
    });
  });

  it("has no scores within the first epoch", () => {
    const early = rowAt(row, { ...note, steps: 100, seconds: 1, epochs: [] });
    expect(early).toMatchObject({ steps: 100, train: null, validation: null, interrupted: { epoch: 0 } });
    expect(early.curves).toEqual({ train: points([100]), validation: points([]) });
  });

  it("leaves the checkpoint alone that the run was gone on from", () => {
    const again = rowAt(row, { ...note, before: rowAt(row, note) });
    expect(again.interrupted!.place).toBe(1);
    expect(rowAt(row, { ...note, before: again }).interrupted!.place).toBe(0);
  });
});
