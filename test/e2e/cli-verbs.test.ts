/** The verbs beside `train`: what they answer about a model, a dataset, a plan, a machine. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decode, encode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { readModel, writeModel } from "../../src/model/model-file.ts";
import { backlit, idx, quarters, scratchFolder, SIDE, writeQuarters } from "./cli-support.ts";

const folder = await scratchFolder();
const data = join(folder, "data");
const run = join(folder, "run");
const model = join(run, "model.safetensors");
const cpu = ["--engine", "cpu", "--json"];

beforeAll(async () => {
  await writeQuarters(data);
  const flags = [
    "--hidden",
    "16",
    "--batch",
    "32",
    "--epochs",
    "4",
    "--validation",
    "40",
    "--seed",
    "7",
    "--out",
    run,
  ];
  expect((await backlit(["train", "--data", data, ...flags, ...cpu])).code).toBe(0);
});

describe("eval", () => {
  it("gives the figures that training ended with", async () => {
    const log = await readFile(join(run, "report.html"), "utf8");
    const evaluated = (await backlit(["eval", "--model", model, "--data", data, ...cpu])).last();
    expect(evaluated).toMatchObject({ type: "result", split: "test", engine: "cpu", runtime: "node" });
    const { accuracy, loss } = evaluated as { accuracy: number; loss: number };
    expect(log).toContain(`${(100 * accuracy).toFixed(2)} %`);
    expect(log).toContain(loss.toFixed(4));
  });

  it("evaluates the rows that training held out, and others when told so", async () => {
    const events = (await readFile(join(run, "events.jsonl"), "utf8")).trim().split("\n");
    const { validation } = JSON.parse(events.at(-1) ?? "") as { validation: { loss: number } };
    const evaluate = async (...flags: string[]) => {
      const args = ["eval", "--model", model, "--data", data, "--split", "validation", ...flags, ...cpu];
      return (await backlit(args)).last() as unknown as { loss: number; micro: { support: number } };
    };
    const own = await evaluate();
    expect(own.loss).toBeCloseTo(validation.loss, 6);
    expect(own.micro.support).toBe(40);
    expect((await evaluate("--validation", "50")).micro.support).toBe(50);
    expect((await evaluate("--seed", "8")).loss).not.toBeCloseTo(validation.loss, 6);
  });

  it("asks which rows were held out where the model does not say", async () => {
    const { validation: _unknown, training, metrics, ...kept } = readModel(await readFile(model));
    const old = join(folder, "old.safetensors");
    await writeFile(old, writeModel({ ...kept, training: training!, metrics: metrics! }));
    const args = ["eval", "--model", old, "--data", data, ...cpu];
    const answer = await backlit([...args, "--split", "validation"]);
    expect(answer.last()).toMatchObject({ code: "spec/validation", hint: expect.stringContaining("--seed") });
    expect((await backlit(args)).code).toBe(0);
  });

  it("says when the classes are not those of the training", async () => {
    const {
      validation: _unknown,
      training: _how,
      metrics: _figures,
      ...kept
    } = readModel(await readFile(model));
    const other = join(folder, "other.safetensors");
    const dataset = { ...kept.dataset, classes: ["a", "b", "c", "d"] };
    await writeFile(other, writeModel({ ...kept, dataset }));
    const answer = await backlit(["eval", "--model", other, "--data", data, ...cpu]);
    expect(answer.stderr).toContain('class 0 is "0", not "a"');
    expect(answer.code).toBe(0);
    expect((await backlit(["eval", "--model", model, "--data", data, ...cpu])).stderr).not.toContain("class");
  });

  it("takes a run's directory for its model", async () => {
    const answer = (await backlit(["eval", "--model", run, "--data", data, ...cpu])).last();
    expect(answer).toMatchObject({ type: "result", model });
  });

  it("asks for the data of a model that was trained on a folder", async () => {
    const answer = await backlit(["eval", "--model", model, ...cpu]);
    expect(answer.last()).toMatchObject({ type: "error", code: "spec/data", exitCode: 2 });
  });
});

describe("predict", () => {
  const { images, labels } = quarters(4, 9);
  const image = (i: number): Uint8Array => images.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);

  it("reads IDX files of several images", async () => {
    const file = join(folder, "four.idx");
    await writeFile(file, idx([4, SIDE, SIDE], images));
    const { predictions } = (await backlit(["predict", "--model", model, file, ...cpu])).last();
    const answers = predictions as {
      input: string;
      label: number;
      className: string;
      probabilities: number[];
    }[];
    expect(answers.map(({ label }) => label)).toEqual([...labels]);
    expect(answers[2]).toMatchObject({ input: `${file}[2]`, className: "2" });
    expect(answers[2].probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
  });

  it("reads a large, dark on light, coloured PNG, and says what it did to it", async () => {
    const scale = 5;
    const side = SIDE * scale;
    const rgb = new Uint8Array(3 * side * side);
    for (let i = 0; i < side * side; i++) {
      const x = Math.floor((i % side) / scale);
      const y = Math.floor(i / side / scale);
      rgb.fill(255 - image(3)[y * SIDE + x], 3 * i, 3 * i + 3);
    }
    const file = join(folder, "large.png");
    await writeFile(file, encode({ width: side, height: side, data: rgb, channels: 3, depth: 8 }));
    const answer = await backlit(["predict", "--model", model, file, ...cpu]);
    expect(answer.last()["predictions"]).toMatchObject([
      { label: 3, notes: [expect.stringContaining("inverted"), expect.stringContaining("40 x 40 to 8 x 8")] },
    ]);
    expect(answer.stderr).toContain("inverted, because its border is light");
  });

  it("refuses images of another size and files that are neither", async () => {
    const wrong = join(folder, "wrong.idx");
    await writeFile(wrong, idx([1, 9, 9], new Uint8Array(81)));
    const answer = await backlit(["predict", "--model", model, wrong, ...cpu]);
    expect(answer.last()).toMatchObject({
      code: "image/size",
      message: expect.stringContaining("[1, 9, 9]"),
    });
    const photo = join(folder, "photo.jpg");
    await writeFile(photo, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
    expect((await backlit(["predict", "--model", model, photo, ...cpu])).last()).toMatchObject({
      code: "image/unknown",
      message: expect.stringContaining("photo.jpg"),
      hint: expect.stringContaining("predict reads PNGs"),
    });
    const fake = join(folder, "fake.png");
    await writeFile(fake, "no picture");
    expect((await backlit(["predict", "--model", model, fake, ...cpu])).last()).toMatchObject({
      code: "image/png",
      exitCode: 2,
    });
  });
});

describe("data", () => {
  it("lists the synthetic digits and the catalogue", async () => {
    const { datasets } = (await backlit(["data", "list", "--json"])).last();
    const names = (datasets as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(["synthetic", "mnist", "fashion-mnist", "kmnist"]);
  });

  it("writes a contact sheet with one row per class", async () => {
    const out = join(folder, "sheet.png");
    const answer = await backlit(["data", "preview", data, "--columns", "6", "--out", out, "--json"]);
    expect(answer.last()).toMatchObject({ type: "result", file: out, columns: 6 });
    const sheet = decode(await readFile(out));
    expect([sheet.width, sheet.height]).toEqual([6 * (SIDE + 2) + 2, 4 * (SIDE + 2) + 2]);
    // Class 3 is bright in the lower right quarter: its first image is at the left of the last row.
    const at = (x: number, y: number): number => sheet.data[y * sheet.width + x];
    expect(at(2 + SIDE - 1, 2 + 3 * (SIDE + 2) + SIDE - 1)).toBeGreaterThan(150);
    expect(at(2, 2 + 3 * (SIDE + 2))).toBeLessThan(100);
  });

  it("reads a folder", async () => {
    const answer = (await backlit(["data", "get", data, "--json"])).last();
    expect(answer).toMatchObject({ type: "result", train: 500, test: 100, height: SIDE, width: SIDE });
    const elsewhere = { BACKLIT_DATA: folder, BACKLIT_CACHE: join(folder, "no-cache") };
    const { datasets } = (await backlit(["data", "list", "--json"], elsewhere)).last();
    expect((datasets as { local: unknown }[]).map(({ local }) => local)).toEqual([null, null, null, null]);
  });
});

describe("plan", () => {
  it("needs three dispatches per step with one hidden layer and uploads nothing", async () => {
    const flags = ["--hidden", "512", "--batch", "128", "--optimizer", "adam", "--json"];
    const answer = (await backlit(["plan", ...flags])).last();
    expect(answer).toMatchObject({ type: "result", dispatchesPerStep: 3, bytesUploadedPerStep: 0 });
    expect(answer["dispatches"]).toHaveLength(3);
    expect(
      (answer["buffers"] as { name: string; bytes: number }[]).find(({ name }) => name === "parameters"),
    ).toMatchObject({
      bytes: expect.any(Number),
    });
  });

  it("prints the expanded shaders", async () => {
    const answer = (await backlit(["plan", "--hidden", "20", "--wgsl", "--json"])).last();
    const shaders = answer["shaders"] as { name: string; wgsl: string }[];
    expect(shaders.map(({ name }) => name)).toEqual(["forward 0", "head", "update"]);
    for (const { wgsl } of shaders) {
      expect(wgsl).toContain("@compute @workgroup_size");
      expect(wgsl).not.toContain("//! unroll");
    }
    expect(shaders[0].wgsl).toContain("var sum_3 = vec4f();");
  });

  it("refuses a network beyond the default limits and names the limit", async () => {
    const answer = (await backlit(["plan", "--hidden", "200000", "--json"])).last();
    expect(answer).toMatchObject({ type: "error", code: "gpu/limit", exitCode: 2 });
  });
});

it("doctor names the browser, its flags and the adapters of both runtimes", async () => {
  const answer = await backlit(["doctor", "--json"]);
  expect(answer.code).toBe(0);
  expect(answer.last()).toMatchObject({
    type: "result",
    usable: true,
    chrome: {
      usable: true,
      path: expect.any(String),
      flags: expect.arrayContaining(["--enable-unsafe-webgpu"]),
      adapter: { software: expect.any(Boolean) },
    },
    webgpu: { usable: true },
  });
});
