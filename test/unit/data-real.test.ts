/** The published files themselves; `BACKLIT_DATA` names the folder that holds `mnist/` and `fashion-mnist/`. */
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../src/cli/data-folder.ts";
import type { Dataset } from "../../src/core/dataset.ts";
import { CATALOGUE } from "../../src/data/catalogue.ts";

const folder = process.env["BACKLIT_DATA"];

const countsOf = (labels: Uint8Array): number[] => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const label of labels) counts[label]++;
  return counts;
};

function expectShape({ height, width, train, test: held }: Dataset): void {
  expect([height, width]).toEqual([28, 28]);
  expect([train.labels.length, held.labels.length]).toEqual([60000, 10000]);
  expect([train.images.length, held.images.length]).toEqual([60000 * 784, 10000 * 784]);
}

describe.skipIf(!folder)("published data (needs BACKLIT_DATA)", () => {
  test("MNIST", async () => {
    const dataset = await loadDataset("mnist", { dataDir: folder });
    expectShape(dataset);
    expect([...dataset.train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect([...dataset.test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    expect(countsOf(dataset.test.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    // The mean pixel that the usual loaders normalise with: 0.1307.
    const sum = dataset.train.images.reduce((total, pixel) => total + pixel, 0);
    expect(sum / dataset.train.images.length / 255).toBeCloseTo(0.1307, 4);
    expect(dataset.sha256).toBe(CATALOGUE["mnist"].datasetSha256);
  });

  test("Fashion-MNIST", async () => {
    const dataset = await loadDataset("fashion-mnist", { env: { BACKLIT_DATA: folder } });
    expectShape(dataset);
    expect(dataset.classes[dataset.train.labels[0]]).toBe("Ankle boot");
    expect(dataset.classes[dataset.train.labels[1]]).toBe("T-shirt/top");
    expect(countsOf(dataset.train.labels)).toEqual(Array.from({ length: 10 }, () => 6000));
    expect(countsOf(dataset.test.labels)).toEqual(Array.from({ length: 10 }, () => 1000));
    const sum = dataset.train.images.reduce((total, pixel) => total + pixel, 0);
    expect(sum / dataset.train.images.length / 255).toBeCloseTo(0.286, 3);
  });

  test("the wrong dataset under a name is refused", async () => {
    const options = { dataDir: `${folder}/mnist` };
    await expect(loadDataset("fashion-mnist", options)).rejects.toMatchObject({ code: "data/verify" });
  });
});
