/** Networks and data sets near and beyond a device's limits, made small so that this costs nothing. */
import { LimitError } from "../../src/core/errors.ts";
import type { EngineState } from "../../src/core/engine.ts";
import { createGpuEngine, type GpuEngineOptions } from "../../src/gpu/engine.ts";
import { SOFTWARE_TUNING } from "../../src/gpu/tuning.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";

const OPTIONS: GpuEngineOptions = {
  network: stack(49, [[5, "relu"]], 4),
  training: { batchSize: 9, optimizer: "adam" },
  dataset: new Draw(111).dataset(7, 4, { train: 500, test: 300 }),
};

const tensors = ({ parameters, moments }: EngineState) =>
  ({ ...parameters, ...moments }) as Record<string, Float32Array>;

/** The data set in one buffer and in many: the same bits. */
async function split(lab: Lab): Promise<void> {
  const whole = await lab.engine(OPTIONS);
  const parts = await lab.engine({
    ...OPTIONS,
    limits: { maxStorageBufferBindingSize: 8200, maxBufferSize: 8200 },
  });
  const names = parts.plan.dispatches.map(({ name }) => name);
  lab.check.that("gathers come first", names.join() === "gather 0,forward 0,head,update", names.join());
  const images = parts.plan.buffers.filter(({ name }) => name.startsWith("imagesPart"));
  lab.check.that("the images are in parts", images.length === 4, images.length);
  lab.check.that("which the plan counts", parts.plan.dispatchesPerStep === 4, parts.plan.dispatchesPerStep);
  await whole.run(60);
  await parts.run(60);
  lab.check.sameBits("after 60 steps", tensors(await parts.state()), tensors(await whole.state()));
  const rows = Uint32Array.of(499, 0, 156, 157, 158);
  lab.check.equal("chosen rows", [(await parts.step(rows)).loss], [(await whole.step(rows)).loss]);
  for (const name of ["test", "train"] as const) {
    const [a, b] = [await parts.evaluate(name), await whole.evaluate(name)];
    lab.check.equal(`${name}: losses`, a.losses, b.losses);
    lab.check.equal(`${name}: confusion`, a.confusion.flat(), b.confusion.flat());
  }
  const inputs = new Draw(113).floats(49 * 70);
  const [a, b] = [await parts.predict(inputs), await whole.predict(inputs)];
  lab.check.equal("predictions, piece by piece", a.probabilities, b.probabilities);
}

/** More parts than one dispatch can bind. */
async function manyParts(lab: Lab): Promise<void> {
  const network = stack(49, [], 3);
  const dataset = new Draw(112).dataset(7, 3, { train: 400 });
  const training = { batchSize: 50, optimizer: "sgd" } as const;
  const whole = await lab.engine({ network, training, dataset });
  const limits = { maxStorageBufferBindingSize: 2600 };
  const parts = await lab.engine({ network, training, dataset, limits });
  const names = parts.plan.dispatches.map(({ name }) => name);
  lab.check.that("several gathers", names.join() === "gather 0,gather 1,head,update", names.join());
  await whole.run(20);
  await parts.run(20);
  lab.check.sameBits("after 20 steps", await parts.parameters(), await whole.parameters());
}

/** Grids folded into a second dimension: the same bits. */
async function folded(lab: Lab): Promise<void> {
  const flat = await lab.engine(OPTIONS);
  const limits = { maxComputeWorkgroupsPerDimension: 12 };
  const tuning = { ...SOFTWARE_TUNING, workgroupSize: 4 };
  const fold = await lab.engine({ ...OPTIONS, limits, tuning });
  const grids = [...fold.plan.dispatches, fold.plan.snapshot].map(({ grid }) => grid.join("x"));
  lab.check.that(
    "some grid is folded",
    grids.some((grid) => !grid.endsWith("x1")),
    grids.join(", "),
  );
  await flat.run(58);
  await fold.run(58);
  lab.check.sameBits("after 58 steps", tensors(await fold.state()), tensors(await flat.state()));
  const [a, b] = [await fold.evaluate("test"), await flat.evaluate("test")];
  lab.check.equal("evaluated losses", a.losses, b.losses);
}

/** What is too large is refused by the name of its limit, before anything is allocated. */
async function refused(lab: Lab): Promise<void> {
  const attempts: [string, GpuEngineOptions][] = [
    ["maxStorageBufferBindingSize", { ...OPTIONS, limits: { maxStorageBufferBindingSize: 2000 } }],
    ["maxBufferSize", { ...OPTIONS, limits: { maxBufferSize: 2000 } }],
    ["maxStorageBuffersPerShaderStage", { ...OPTIONS, limits: { maxStorageBuffersPerShaderStage: 6 } }],
    ["maxComputeWorkgroupsPerDimension", { ...OPTIONS, limits: { maxComputeWorkgroupsPerDimension: 2 } }],
    ["maxComputeInvocationsPerWorkgroup", { ...OPTIONS, limits: { maxComputeInvocationsPerWorkgroup: 8 } }],
    ["maxStorageBufferBindingSize", { network: stack(100_000, [[10_000]], 2) }],
  ];
  for (const [limit, options] of attempts) {
    const before = lab.buffers.created;
    const error = await lab.check.rejects(limit, createGpuEngine(lab.device, options), LimitError);
    lab.check.that(`${limit} is named`, error?.limit === limit, error?.message);
    lab.check.that(`${limit}: nothing was allocated`, lab.buffers.created === before);
    lab.check.that(`${limit}: needed and available`, error !== undefined && error.needed > error.available);
  }
}

export const limitCases: readonly Case[] = [
  { name: "limits: a data set in several buffers gives the same bits", run: split },
  { name: "limits: more parts than a dispatch can bind", run: manyParts },
  { name: "limits: folded grids give the same bits", run: folded },
  { name: "limits: what is too large is refused before anything is allocated", run: refused },
];
