/** What the page does with models, checkpoints and runs, as far as it needs no page. */
import { strToU8, unzipSync, zipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { whyComplete } from "../../src/app/model/go-on.ts";
import { openBytes } from "../../src/app/model/open-file.ts";
import { forgetModel, forgotten, keepModel, restoreModel, takeBackModel } from "../../src/app/model/keep.ts";
import { packRun, unpackRun, type RunFiles } from "../../src/app/model/run-archive.ts";
import {
  beginStroke,
  brush,
  canUndo,
  clearDrawing,
  endStroke,
  extendStroke,
  isEmpty,
  layPicture,
  picture,
  replaceDrawing,
  strokes,
  undo,
} from "../../src/app/draw/drawing.ts";
import { followRun } from "../../src/app/state/follow-run.ts";
import { heldModel } from "../../src/app/state/model.ts";
import { files, phase } from "../../src/app/state/run.ts";
import { FileFormatError } from "../../src/core/errors.ts";
import { resolveTraining } from "../../src/core/spec.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { modelOfCheckpoint } from "../../src/model/checkpoint-model.ts";
import { readCheckpoint, writeCheckpoint } from "../../src/model/checkpoint.ts";
import { readModel, writeModel } from "../../src/model/model-file.ts";
import { fakeCaches } from "../support/fake-caches.ts";
import { thrownBy } from "../support/errors.ts";

const network = { input: 6, layers: [{ units: 4 }, { units: 3 }] };
const dataset = { name: "small", height: 2, width: 3, classes: ["a", "b", "c"] };
const split = {
  images: Uint8Array.from({ length: 60 }, (_, i) => (i * 37) & 255),
  labels: Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2, 0),
};
const scores = { loss: 1.25, accuracy: 0.5 };

let checkpoint: Uint8Array<ArrayBuffer>;
let model: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  const training = resolveTraining({ epochs: 3, batchSize: 5, optimizer: "adamw" });
  const engine = await createCpuEngine({
    network,
    training,
    dataset: { ...dataset, train: split, test: split },
  });
  await engine.run(2);
  const summary = { epoch: 1, step: 2, learningRate: 0.1, seconds: 1, train: scores, validation: null };
  checkpoint = writeCheckpoint({
    state: await engine.state(),
    trainer: { seconds: 1, history: [summary], best: null },
    config: {
      network: engine.network,
      training,
      options: { validation: 2, seed: 9 },
      dataset,
      engine: "cpu",
      precision: "float32",
      adapter: engine.adapter,
      tuning: {},
    },
  });
  model = writeModel({ network, parameters: await engine.parameters(), dataset });
});

beforeEach(() => {
  heldModel.value = null;
});

describe("the model of a checkpoint", () => {
  it("has its parameters, and says how it was trained and how the last epoch ended", () => {
    const contents = readModel(modelOfCheckpoint(readCheckpoint(checkpoint)));
    expect(contents.parameters).toEqual(readModel(model).parameters);
    expect(contents).toMatchObject({
      dataset,
      training: { optimizer: "adamw", epochs: 3 },
      validation: { rows: 2, seed: 9 },
      metrics: { steps: 2, train: scores },
    });
  });

  it("leaves the scores out in the middle of an epoch, where they are of other parameters", () => {
    const read = readCheckpoint(checkpoint);
    const within = { ...read, state: { ...read.state, step: 3, position: 1 } };
    expect(readModel(modelOfCheckpoint(within)).metrics).toEqual({ steps: 3 });
  });
});

const packed = async (files: RunFiles): Promise<Uint8Array> =>
  new Uint8Array(await (await packRun(files)).arrayBuffer());

describe("a file", () => {
  const origin = { kind: "file", name: "given" } as const;

  it("may be a model, or a checkpoint, or an archive of both", async () => {
    openBytes(model, origin);
    expect(heldModel.value).toMatchObject({ bytes: model, origin, checkpoint: null, run: null });
    openBytes(checkpoint, origin);
    expect(heldModel.value!.checkpoint).toEqual(checkpoint);
    expect(heldModel.value!.contents.parameters).toEqual(readModel(model).parameters);
    const config = strToU8("{}");
    openBytes(
      await packed({
        "config.json": config,
        "model.safetensors": model,
        "checkpoint.safetensors": checkpoint,
      }),
      origin,
    );
    expect(heldModel.value).toEqual({
      bytes: model,
      contents: readModel(model),
      origin,
      checkpoint,
      run: { files: { "config.json": config } },
    });
  });

  it("that is none of them changes nothing", async () => {
    openBytes(model, origin);
    const before = heldModel.value;
    const damaged = checkpoint.slice(0, -4);
    const both = await packed({ "model.safetensors": model, "checkpoint.safetensors": damaged });
    const codes = [new Uint8Array(3), new Uint8Array(64), damaged, both].map(
      (bytes) => thrownBy(FileFormatError, () => openBytes(bytes, origin)).code,
    );
    expect(codes).toEqual([
      "safetensors/too-short",
      "safetensors/header-length",
      "safetensors/out-of-range",
      "safetensors/out-of-range",
    ]);
    expect(heldModel.value).toBe(before);
  });
});

describe("an archive of a run", () => {
  it("comes back as it was packed, from a folder, too, and without what is no part of a run", async () => {
    const files = { "events.jsonl": strToU8("{}\n".repeat(999)), "model.safetensors": model };
    expect(unpackRun(await packed(files))).toEqual(files);
    expect(unzipSync(await packed(files))).toEqual(files);
    expect((await packed(files)).length).toBeLessThan(model.length + 999);
    const zipped = zipSync({ "run/model.safetensors": model, "run/notes.txt": strToU8("none") });
    expect(unpackRun(zipped)).toEqual({ "model.safetensors": model });
  });

  it.each([
    ["run/zip", async () => Uint8Array.of(0x50, 0x4b, 3, 4)],
    ["run/zip", async () => (await packed({ "model.safetensors": model })).slice(0, -30)],
    ["run/empty", async () => zipSync({ "readme.txt": strToU8("no model") })],
    ["run/twice", async () => zipSync({ "a/model.safetensors": model, "b/model.safetensors": model })],
  ])("is refused with %s", async (code, give) => {
    const archive = await give();
    expect(thrownBy(FileFormatError, () => unpackRun(archive)).code).toBe(code);
  });

  it("is refused when it promises more than there is room for", async () => {
    const archive = await packed({ "model.safetensors": model });
    const directory = archive.findIndex(
      (_, i) =>
        archive[i] === 0x50 && archive[i + 1] === 0x4b && archive[i + 2] === 1 && archive[i + 3] === 2,
    );
    // The size that the central directory gives for the unpacked file.
    new DataView(archive.buffer).setUint32(directory + 24, 0xf0000000, true);
    expect(thrownBy(FileFormatError, () => unpackRun(archive)).code).toBe("run/too-large");
  });
});

describe("a model that is kept", () => {
  const origin = { kind: "file", name: "given" } as const;

  beforeEach(() => {
    forgotten.value = null;
    vi.stubGlobal("caches", fakeCaches());
    return () => vi.unstubAllGlobals();
  });

  it("comes back on a later visit, and after it was forgotten only when it is taken back", async () => {
    openBytes(checkpoint, origin);
    await keepModel(heldModel.value!);
    heldModel.value = null;
    await restoreModel();
    const restored = heldModel.value!;
    expect(restored).toMatchObject({ checkpoint, origin: { ...origin, kept: true } });

    await forgetModel();
    expect(heldModel.value).toBeNull();
    await restoreModel();
    expect(heldModel.value).toBeNull();
    // Also where one takes it back before it is gone from the browser.
    for (const wait of [true, false]) {
      const forgetting = forgetModel();
      if (wait) await forgetting;
      await takeBackModel();
      await forgetting;
      expect(heldModel.value).toBe(restored);
      expect(forgotten.value).toBeNull();
      heldModel.value = null;
      await restoreModel();
      expect(heldModel.value).toEqual(restored);
      heldModel.value = restored;
    }

    await forgetModel();
    openBytes(model, origin);
    expect(forgotten.value).toBeNull();
  });
});

describe("while a run is under way", () => {
  beforeEach(() => {
    phase.value = "running";
    files.value = {};
  });

  afterAll(() => {
    phase.value = "idle";
    files.value = {};
  });

  it("its latest checkpoint is drawn with, unless a file was opened for that", () => {
    const stop = followRun();
    files.value = { "checkpoint.safetensors": checkpoint };
    expect(heldModel.value).toMatchObject({ origin: { kind: "run" }, checkpoint });
    expect(heldModel.value!.contents.metrics).toMatchObject({ steps: 2 });
    openBytes(model, { kind: "file", name: "given" });
    const opened = heldModel.value;
    files.value = { "checkpoint.safetensors": checkpoint.slice() };
    expect(heldModel.value).toBe(opened);
    stop();
  });

  it("nothing is read once nobody looks", () => {
    followRun()();
    files.value = { "checkpoint.safetensors": checkpoint };
    expect(heldModel.value).toBeNull();
  });
});

describe("the drawing", () => {
  beforeEach(() => {
    replaceDrawing([]);
  });

  it("grows by strokes of the brush's width while the pen is down", () => {
    brush.value = 0.1;
    beginStroke(0.125, 0.25);
    extendStroke([0.375, 0.5, 0.625, 0.75]);
    endStroke();
    extendStroke([0.9, 0.9]);
    expect(strokes.value).toEqual([{ width: 0.1, points: [0.125, 0.25, 0.375, 0.5, 0.625, 0.75] }]);
  });

  it("is undone stroke by stroke, and clearing is undone as well", () => {
    for (const at of [0.1, 0.2]) {
      beginStroke(at, at);
      endStroke();
    }
    clearDrawing();
    expect(strokes.value).toEqual([]);
    undo();
    expect(strokes.value).toHaveLength(2);
    undo();
    expect(strokes.value).toHaveLength(1);
    undo();
    expect(strokes.value).toHaveLength(0);
    while (canUndo.value) undo();
    undo();
    expect(strokes.value).toEqual([]);
  });

  it("may be a picture, with strokes on top, which is cleared and undone as any", () => {
    const pixels = new Uint8Array(100 * 60);
    pixels.fill(255, 4000, 4020);
    layPicture({ width: 100, height: 60, pixels });
    // Without a model it is laid as a digit is: 20 of 28 parts of the paper long, in its middle.
    const { width, height, pixels: laid } = picture.value!;
    expect([width, height]).toEqual([224, 224]);
    const inked = Array.from({ length: 224 }, (_, x) => laid.some((ink, i) => ink > 0 && i % 224 === x));
    expect(inked.filter(Boolean)).toHaveLength(160);
    beginStroke(0.1, 0.1);
    endStroke();
    clearDrawing();
    expect([isEmpty.value, picture.value]).toEqual([true, null]);
    undo();
    expect([strokes.value.length, picture.value?.pixels]).toEqual([1, laid]);
    undo();
    undo();
    expect(isEmpty.value).toBe(true);
  });
});

it("says why a run that has ended by its schedule is not trained on", () => {
  expect(whyComplete({ schedule: "cosine", epochs: 10 })).toMatch(
    /brought the learning rate down to 0 over its 10 epochs: /,
  );
  expect(whyComplete({ schedule: "step", epochs: 1 })).toMatch(
    /its step schedule .* planned for 1 epoch\. Only a run with/,
  );
});
