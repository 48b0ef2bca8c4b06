import { describe, expect, test } from "vitest";
import { DataError } from "../../src/core/errors.ts";
import { datasetFromFiles, type DataFiles } from "../../src/data/dataset-files.ts";
import { datasetHash, sha256 } from "../../src/data/hash.ts";
import { holdOutValidation } from "../../src/data/split.ts";
import { gzipAll, idxFile, pattern, SMALL, smallFiles, smallHash } from "../support/idx-files.ts";

const load = (changes: Partial<DataFiles> = {}, classes?: string[]) =>
  datasetFromFiles({ ...smallFiles(), ...changes }, { name: "own", classes });

describe("datasetFromFiles", () => {
  test("reads any image size and number of classes", async () => {
    expect(await load()).toEqual({
      name: "own",
      height: 4,
      width: 5,
      classes: ["0", "1", "2"],
      train: { images: SMALL.trainImages, labels: SMALL.trainLabels },
      test: { images: SMALL.testImages, labels: SMALL.testLabels },
      sha256: smallHash(),
    });
  });

  test("takes the number of classes from train and test", async () => {
    const { classes } = await load({ testLabels: idxFile([3], [0, 6, 2]) });
    expect(classes).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
    expect((await load({ trainLabels: idxFile([7], [0, 0, 0, 9, 0, 0, 0]) })).classes).toHaveLength(10);
    const most = await load({ testLabels: idxFile([3], [0, 255, 2]) });
    expect(most.classes).toHaveLength(256);
    expect(most.classes[255]).toBe("255");
  });

  test("keeps class names it is given, also of classes without rows", async () => {
    expect((await load({}, ["a", "b", "c", "d"])).classes).toEqual(["a", "b", "c", "d"]);
  });

  test("has one hash per content, whatever the container", async () => {
    const raw = await load();
    const packed = await datasetFromFiles(gzipAll(smallFiles()), { name: "packed" });
    expect(packed.sha256).toBe(raw.sha256);
    expect(await datasetHash(raw)).toBe(raw.sha256);
    const other = await load({ testLabels: idxFile([3], [1, 0, 1]) });
    expect(other.sha256).not.toBe(raw.sha256);
  });

  test.each([
    ["fewer labels than images", { trainLabels: idxFile([6], pattern(6)) }, "data/count", "7 images"],
    ["test labels of another count", { testLabels: idxFile([4], [0, 1, 2, 0]) }, "data/count", "4 labels"],
    ["another height in test", { testImages: idxFile([3, 5, 5], pattern(75)) }, "data/image-size", "5 x 5"],
    ["height and width swapped", { testImages: idxFile([3, 5, 4], pattern(60)) }, "data/image-size", "5 x 4"],
    ["no test images", { testImages: idxFile([0, 4, 5], []) }, "data/empty", "[0, 4, 5]"],
    ["images without pixels", { trainImages: idxFile([7, 0, 5], []) }, "data/empty", "[7, 0, 5]"],
    ["images and labels swapped", { trainImages: idxFile([7], pattern(7)) }, "idx/rank", "train images"],
    ["labels with two dimensions", { trainLabels: idxFile([7, 1], pattern(7)) }, "idx/rank", "train labels"],
    ["a damaged file", { testLabels: idxFile([3], [1, 2]) }, "idx/length", "test labels"],
  ])("rejects %s", async (_, changes: Partial<DataFiles>, code, part) => {
    const error = (await load(changes).catch((thrown: unknown) => thrown)) as DataError;
    expect(error).toBeInstanceOf(DataError);
    expect(error.code).toBe(code);
    expect(error.message).toContain(part);
    expect(error.hint).not.toBe("");
  });

  test("rejects a label that no class has, with its row", async () => {
    const changes = { testLabels: idxFile([3], [0, 1, 3]) };
    await expect(load(changes, ["a", "b", "c"])).rejects.toMatchObject({
      code: "data/label",
      message: "test labels: the label of row 2 is 3, but there are 3 classes",
    });
  });

  test("rejects a single class", async () => {
    const changes = { trainLabels: idxFile([7], new Uint8Array(7)), testLabels: idxFile([3], [0, 0, 0]) };
    await expect(load(changes)).rejects.toMatchObject({ code: "data/classes" });
  });
});

describe("sha256", () => {
  test("agrees with the published example and with Node, in parts or whole", async () => {
    const abc = new TextEncoder().encode("abc");
    // FIPS 180-4, example "abc".
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await sha256(abc)).toBe(expected);
    expect(await sha256(abc.subarray(0, 1), abc.subarray(1))).toBe(expected);
    expect(await sha256(Buffer.from("abc"))).toBe(expected);
  });
});

describe("holdOutValidation", () => {
  const rowsOf = (images: Uint8Array) =>
    Array.from({ length: images.length / 20 }, (_, i) => images.slice(i * 20, (i + 1) * 20).join());

  test("moves rows with their labels and keeps their order", async () => {
    const whole = await load();
    const before = structuredClone(whole);
    const split = holdOutValidation(whole, 3, 7);
    expect(whole).toEqual(before);
    const source = rowsOf(SMALL.trainImages);
    const indices = (images: Uint8Array) => rowsOf(images).map((row) => source.indexOf(row));
    const train = indices(split.train.images);
    const validation = indices(split.validation!.images);
    expect(train).toHaveLength(4);
    expect(validation).toHaveLength(3);
    expect([...train, ...validation].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(train).toEqual(train.toSorted((a, b) => a - b));
    expect(validation).toEqual(validation.toSorted((a, b) => a - b));
    expect([...split.train.labels]).toEqual(train.map((row) => SMALL.trainLabels[row]));
    expect([...split.validation!.labels]).toEqual(validation.map((row) => SMALL.trainLabels[row]));
    expect(split.test).toBe(whole.test);
    expect(split.sha256).toBe(whole.sha256);
  });

  test("draws the same rows for the same seed, others for another", async () => {
    const rows = 2000;
    const images = new Uint8Array(rows * 20);
    const numbers = new DataView(images.buffer);
    for (let row = 0; row < rows; row++) numbers.setUint32(row * 20, row);
    const whole = await load({
      trainImages: idxFile([rows, 4, 5], images),
      trainLabels: idxFile([rows], pattern(rows)),
    });
    const one = holdOutValidation(whole, 500, 1);
    expect(holdOutValidation(whole, 500, 1)).toEqual(one);
    expect(holdOutValidation(whole, 500, 2).validation!.labels).not.toEqual(one.validation!.labels);
    // Held out from everywhere, not from one end: each quarter gives about 125.
    const quarters = [0, 0, 0, 0];
    const taken = new DataView(one.validation!.images.buffer);
    for (let i = 0; i < 500; i++) quarters[Math.floor((4 * taken.getUint32(i * 20)) / rows)]++;
    for (const count of quarters) expect(count).toBeGreaterThan(90);
  });

  test("holds out nothing for 0, and all but one row at most", async () => {
    const whole = await load();
    expect(holdOutValidation(whole, 0, 1)).toBe(whole);
    expect(holdOutValidation(whole, 6, 1).train.labels).toHaveLength(1);
  });

  test.each([7, 5000, -1, 2.5, Number.NaN])("rejects %d of 7 rows", async (count) => {
    const whole = await load();
    expect(() => holdOutValidation(whole, count, 1)).toThrow(
      expect.objectContaining({ name: "SpecError", path: "validation", exitCode: 2 }),
    );
  });

  test("is done once, and the hash is taken before", async () => {
    const split = holdOutValidation(await load(), 2, 1);
    expect(() => holdOutValidation(split, 2, 1)).toThrow("already has 2 validation rows");
    await expect(datasetHash(split)).rejects.toMatchObject({ code: "data/split" });
  });
});
