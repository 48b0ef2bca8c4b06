/** What a run would take on the device is known from shapes alone. */
import { describe, expect, it } from "vitest";
import { LimitError } from "../../src/core/errors.ts";
import type { RunOptions } from "../../src/core/run-options.ts";
import { CATALOGUE, USUAL_SHAPE } from "../../src/data/catalogue.ts";
import { syntheticDataset } from "../../src/data/synthetic/dataset.ts";
import { DEFAULT_LIMITS } from "../../src/gpu/plan-types.ts";
import { shapeOf, trainingBytes } from "../../src/worker/footprint.ts";

const device = { limits: DEFAULT_LIMITS, software: true };

describe("the footprint of a run", () => {
  it("holds images, parameters with their moments, and the last good state", () => {
    const bytes = trainingBytes({ hidden: [512] }, USUAL_SHAPE, device);
    const images = 55_000 * 784;
    const state = 2 * 3 * 4 * 407_050;
    expect(bytes).toBeGreaterThan(images + state);
    expect(bytes).toBeLessThan(1.2 * (images + state));
  });

  it("is refused before anything is loaded where the device has no room", () => {
    const attempt = (): number => trainingBytes({ hidden: [200_000] }, USUAL_SHAPE, device);
    expect(attempt).toThrow(LimitError);
    expect(attempt).toThrow(/takes 638 MB, but this device allows 134 MB/);
  });

  it("holds out a tenth of a small set unless rows for validation are asked for", () => {
    const small = { height: 8, width: 8, classes: 3, train: 600 };
    const bytes = (options: RunOptions): number => trainingBytes(options, small, device);
    expect(bytes({})).toBe(bytes({ validation: 60 }));
    expect(bytes({ validation: 0 })).toBeGreaterThan(bytes({}));
  });

  it("is that of sets whose shape is known; own files have to be read first", () => {
    const { height, width, classes } = syntheticDataset({ train: 1, test: 1 });
    expect(shapeOf({ kind: "synthetic" })).toMatchObject({ height, width, classes: classes.length });
    for (const entry of Object.values(CATALOGUE)) {
      expect(entry.classes).toHaveLength(USUAL_SHAPE.classes);
      expect(entry.description).toContain("60,000 + 10,000 images of 28 x 28");
    }
    expect(shapeOf({ kind: "files" })).toBeUndefined();
  });
});
