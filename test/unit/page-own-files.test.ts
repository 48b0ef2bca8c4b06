/** Own files are looked at as they are chosen: what each holds, what is wrong with it, and what is wrong between them. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { dataChoice, OFFERS, OWN_FILES, shapeOfData } from "../../src/app/state/datasets.ts";
import { firstChoice, testDataFor, wantsOwnFiles } from "../../src/app/model/test-data.ts";
import {
  chooseFiles,
  fileProblems,
  filesObstacle,
  ownFiles,
  ownSamples,
  placeFiles,
  unplacedFiles,
} from "../../src/app/state/own-files.ts";
import { filesByName } from "../../src/app/state/files-by-name.ts";
import { toBacklitError } from "../../src/core/errors.ts";
import { DATA_FILE_ROLES, type DataFileRole } from "../../src/data/dataset-files.ts";
import { lookAtFile, sampleCount } from "../../src/worker/data-file-look.ts";
import { errorToEvent } from "../../src/worker/job-error.ts";
import { FILE_NAMES, gzipped, idxFile, pattern, SMALL, smallFiles } from "../support/idx-files.ts";

// What a page asks its worker, asked directly.
vi.mock("../../src/app/state/reader.ts", () => ({
  lookAtFileInWorker: (role: DataFileRole, file: File) =>
    lookAtFile(role, file).catch((error: unknown) => errorToEvent(toBacklitError(error))),
}));

const fileOf = (role: DataFileRole, bytes = smallFiles()[role]): File =>
  new File([new Uint8Array(bytes)], FILE_NAMES[role]);

/** Until every file has been looked at. */
const looked = (): Promise<void> =>
  vi.waitFor(() => {
    for (const chosen of Object.values(ownFiles.value)) expect(chosen.found).not.toBeNull();
  });

async function choose(role: DataFileRole, bytes: Uint8Array): Promise<void> {
  chooseFiles(role, [fileOf(role, bytes)]);
  await looked();
}

beforeEach(() => {
  ownFiles.value = {};
});

describe("own files", () => {
  it("are known once all four have been looked at", async () => {
    const files = DATA_FILE_ROLES.map((role) => fileOf(role));
    placeFiles(files);
    expect(filesObstacle.value).toBe("Looking at the files.");
    expect(dataChoice(OWN_FILES)).toBeUndefined();
    await looked();
    expect(fileProblems.value).toEqual({});
    expect(filesObstacle.value).toBeUndefined();
    expect(shapeOfData(OWN_FILES)).toEqual({ height: 4, width: 5, classes: 3, train: 7, test: 3 });
    expect(ownSamples.value).toEqual({ height: 4, width: 5, images: SMALL.trainImages });
    expect(dataChoice(OWN_FILES)).toEqual({
      kind: "files",
      files: Object.fromEntries(DATA_FILE_ROLES.map((role, i) => [role, files[i]])),
    });
  });

  it("that are wrong by themselves are told of beside their fields, until others take their place", async () => {
    await choose("trainImages", new TextEncoder().encode("hello"));
    expect(fileProblems.value.trainImages?.message).toMatch(
      /^train-images.* starts with the bytes 0x68 0x65/,
    );
    expect(filesObstacle.value).toBe("Not these files: see the training images.");
    await choose("trainImages", smallFiles().trainLabels);
    expect(fileProblems.value.trainImages?.message).toMatch(/has 1 dimension, but 3 are needed/);
    await choose("testLabels", gzipped(smallFiles().testLabels).subarray(0, 25));
    expect(fileProblems.value.testLabels?.message).toMatch(/ends in the middle of its gzip stream/);
    expect(filesObstacle.value).toBe("Not these files: see the training images, test labels.");
    await choose("trainImages", gzipped(smallFiles().trainImages));
    expect(Object.keys(fileProblems.value)).toEqual(["testLabels"]);
    expect(ownSamples.value?.images).toEqual(SMALL.trainImages);
  });

  it("that do not fit each other are told of as soon as both are there", async () => {
    await choose("trainImages", smallFiles().trainImages);
    expect(fileProblems.value).toEqual({});
    await choose("trainLabels", smallFiles().testLabels);
    expect(fileProblems.value.trainLabels?.message).toMatch(/holds 7 images, but .* holds 3 labels/);
    await choose("testImages", idxFile([3, 5, 4], pattern(60)));
    expect(fileProblems.value.testImages?.message).toMatch(/holds images of 4 x 5, but .* of 5 x 4/);
    await choose("trainLabels", idxFile([7], new Uint8Array(7)));
    await choose("testImages", smallFiles().testImages);
    expect(fileProblems.value).toEqual({});
    await choose("testLabels", idxFile([3], new Uint8Array(3)));
    expect(fileProblems.value.testLabels?.message).toBe("this data has 1 class");
    expect(shapeOfData(OWN_FILES)).toBeUndefined();
  });

  it("count by the one chosen last, also where an earlier one takes longer to read", async () => {
    const slow = fileOf("trainImages", new Uint8Array(2));
    let finish: ((bytes: ArrayBuffer) => void) | undefined;
    slow.arrayBuffer = () => new Promise((resolve) => (finish = resolve));
    chooseFiles("trainImages", [slow]);
    await choose("trainImages", smallFiles().trainImages);
    finish?.(new ArrayBuffer(2));
    await new Promise((resolve) => setTimeout(resolve));
    expect(fileProblems.value).toEqual({});
  });

  it("are shown by few images where these are large", () => {
    expect(sampleCount({ height: 28, width: 28 })).toBe(90);
    expect(sampleCount({ height: 256, width: 256 })).toBe(15);
    expect(sampleCount({ height: 4000, width: 4000 })).toBe(1);
  });
});

describe("several files at once", () => {
  const named = (...names: string[]) => names.map((name) => ({ name }));
  const places = (...names: string[]) => {
    const { files, left } = filesByName(named(...names), DATA_FILE_ROLES);
    return [...DATA_FILE_ROLES.map((role) => files[role]?.name), ...left.map(({ name }) => name)];
  };
  const [trainImages, trainLabels, testImages, testLabels] = Object.values(FILE_NAMES);

  it.each([
    ["of usual names", [testLabels, trainLabels, testImages, trainImages]],
    ["one of them of half a name", [trainImages, "bad-labels-idx1-ubyte", trainLabels, testImages]],
    ["one of them of no name that helps", ["an-idx-file", testLabels, trainLabels, testImages]],
    ["all of half a name", ["labels.idx1", "images.idx3", "t10k-labels", "test-images.idx3"]],
  ])("%s find four places", (_, names) => {
    const found = places(...names);
    expect(found).toHaveLength(4);
    expect(new Set(found)).toEqual(new Set(names));
    for (const name of names.filter((each) => Object.values(FILE_NAMES).includes(each)))
      expect(found.indexOf(name)).toBe(Object.values(FILE_NAMES).indexOf(name));
  });

  it("are told of where they find none", () => {
    expect(places(trainLabels, "train-labels-idx1-ubyte")).toEqual([
      undefined,
      trainLabels,
      undefined,
      undefined,
      "train-labels-idx1-ubyte",
    ]);
    expect(places(trainImages, trainLabels, testImages, testLabels, "notes")[4]).toBe("notes");
  });

  it("come first where a file is missing, then where one is wrong, and displace none without a word", async () => {
    const files = DATA_FILE_ROLES.map((role) => fileOf(role));
    placeFiles(files.slice(0, 3));
    placeFiles([new File([new Uint8Array(smallFiles().testImages)], "labels-idx1")]);
    await looked();
    expect(ownFiles.value.testLabels?.file.name).toBe("labels-idx1");
    expect(Object.keys(fileProblems.value)).toEqual(["testLabels"]);
    placeFiles([new File([new Uint8Array(smallFiles().testLabels)], "better-labels-idx1")], [files[0]]);
    await looked();
    expect(ownFiles.value.testLabels?.file.name).toBe("better-labels-idx1");
    expect(fileProblems.value).toEqual({});
    expect(unplacedFiles.value).toEqual([FILE_NAMES.trainImages]);
    chooseFiles("testLabels", [files[3]]);
    expect(unplacedFiles.value).toEqual([]);
    await looked();
  });
});

describe("what a model can be tried on", () => {
  const images = (name: string, side: number, classes: number) => ({
    name,
    height: side,
    width: side === 28 ? 28 : side + 1,
    classes: Array.from({ length: classes }, String),
  });

  it("is what fits it, first of all what it was trained on", async () => {
    const mnist = images("mnist", 28, 10);
    expect(firstChoice(mnist, testDataFor(mnist))).toBe("mnist");
    const own = images("own files", 4, 3);
    expect(testDataFor(own).map(({ obstacle }) => obstacle)).toEqual([
      ...OFFERS.slice(1).map(() => "28 × 28, 10 classes"),
      "not chosen",
    ]);
    expect(firstChoice(own, testDataFor(own))).toBeUndefined();
    expect(wantsOwnFiles(own)).toBe(true);
    placeFiles(DATA_FILE_ROLES.map((role) => fileOf(role)));
    await looked();
    expect(firstChoice(own, testDataFor(own))).toBe(OWN_FILES);
    expect(wantsOwnFiles(own)).toBe(false);
    expect(testDataFor(mnist).at(-1)?.obstacle).toBe("4 × 5, 3 classes");
    expect(wantsOwnFiles(mnist)).toBe(false);
    // The same images, but another number of classes.
    expect(firstChoice(images("own files", 4, 4), testDataFor(images("own files", 4, 4)))).toBeUndefined();
  });

  it("is the first that fits where what it was trained on is not at hand", () => {
    const folder = images("letters", 28, 10);
    expect(firstChoice(folder, testDataFor(folder))).toBe("synthetic");
    expect(wantsOwnFiles(folder)).toBe(true);
  });
});
