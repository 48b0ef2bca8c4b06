/** The kernels that move and count: gather, traced inputs, snapshot, confusion matrix. Inside canaries. */
import { pixelToInput } from "../../core/dataset.ts";
import { writeEntry } from "../../gpu/epoch-schedule.ts";
import { padImages, unpadRows, vectors } from "../../gpu/layout.ts";
import { plan as makePlan } from "../../gpu/plan.ts";
import { ENTRY_WORDS, planEvaluation } from "../../gpu/plan-programs.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { UNIT } from "../rounding.ts";
import { Kernel, region, type CheckContext } from "./kernel.ts";
import { Draw, stack } from "./draw.ts";
import { dispatchesOf, limitsOf } from "./products.ts";

export async function checkGather(context: CheckContext, tuning: Tuning): Promise<void> {
  const { check, shaders } = context;
  const draw = new Draw(131);
  const [pixels, trainRows, batchSize] = [31, 101, 33];
  const words = vectors(pixels);
  const limits = { ...limitsOf(context), maxStorageBufferBindingSize: 1600 };
  const plan = makePlan(
    stack(pixels, [], 2),
    { batchSize, optimizer: "sgd" },
    { tuning, trainRows, limits, shaders },
  );
  const gathers = plan.dispatches.filter(({ name }) => name.startsWith("gather"));
  const parts = plan.buffers.filter(({ name }) => name.startsWith("imagesPart"));
  check.that("there are parts", parts.length === 3, parts.length);
  const buffers = [...plan.buffers, { name: "images", bytes: 4 * words * batchSize, purpose: "" }];
  const kernel = await Kernel.open(context, gathers, buffers);
  const images = padImages(draw.bytes(trainRows * pixels), pixels);
  const contents = Object.fromEntries(
    parts.map(({ name, bytes }, index) => {
      const before = parts.slice(0, index).reduce((sum, part) => sum + part.bytes, 0);
      return [name, [{ data: images.slice(before, before + bytes) }]];
    }),
  );
  const all = new Uint32Array(images.slice().buffer);
  for (const rows of [33, 1, 7]) {
    // The rows of later batches follow.
    const order = draw.rows(trainRows, trainRows);
    const chosen = order.subarray(0, rows);
    const entry = new Uint32Array(ENTRY_WORDS);
    writeEntry(entry, 0, { step: 0, first: plan.scheduleRows, rows });
    await kernel.run(rows, {
      ...contents,
      schedule: [{ data: entry }, { at: plan.scheduleRows, data: order }],
    });
    const expected = [...chosen].flatMap((row) => [...all.subarray(row * words, (row + 1) * words)]);
    check.equal(`gathered ${rows} rows`, kernel.words("images", [0, rows * words]), expected);
    kernel.checkUntouched(`gathered ${rows} rows`, { images: [[0, rows * words]] });
  }
}

/** The inputs that a traced step keeps, of batches that do not fill the room for them. */
export async function checkTracedInputs(context: CheckContext, tuning: Tuning): Promise<void> {
  const { check, shaders } = context;
  const draw = new Draw(136);
  const [pixels, trainRows, batchSize] = [31, 101, 33];
  const options = { tuning, trainRows, limits: limitsOf(context), shaders, traced: true };
  const plan = makePlan(stack(pixels, [], 2), { batchSize, optimizer: "sgd" }, options);
  const kernel = await Kernel.open(context, dispatchesOf(plan, "trace inputs"), plan.buffers);
  const images = draw.bytes(trainRows * pixels);
  for (const rows of [33, 1, 7]) {
    const chosen = draw.rows(rows, trainRows);
    const entry = new Uint32Array(ENTRY_WORDS);
    writeEntry(entry, 0, { step: 0, first: plan.scheduleRows, rows });
    const contents = {
      images: [{ data: padImages(images, pixels) }],
      schedule: [{ data: entry }, { at: plan.scheduleRows, data: chosen }],
    };
    await kernel.run(rows, contents);
    const kept = region(plan.train.activations.input, rows, pixels);
    const actual = unpadRows(kernel.floats("activations", kept), rows, pixels);
    const expected = Float32Array.from({ length: rows * pixels }, (_, i) =>
      pixelToInput(images[chosen[Math.floor(i / pixels)] * pixels + (i % pixels)]),
    );
    const what = `inputs of ${rows} rows, kept`;
    check.within(
      what,
      actual,
      expected,
      expected.map((x) => x * UNIT),
    );
    await kernel.checkAlone(what, rows, contents, { activations: [kept] });
  }
}

export async function checkSnapshot(context: CheckContext, tuning: Tuning): Promise<void> {
  const { check, shaders } = context;
  const draw = new Draw(132);
  const limits = limitsOf(context);
  const plan = makePlan(stack(31, [[7]], 3), { optimizer: "adam" }, { tuning, limits, shaders });
  const kernel = await Kernel.open(context, [plan.snapshot], plan.buffers);
  const size = 4 * plan.parameters.vectors;
  const names = ["parameters", "firstMoment", "secondMoment"];
  const contents = Object.fromEntries(names.map((name) => [name, [{ data: draw.floats(size) }]]));
  await kernel.run(1, contents);
  for (const name of names) {
    check.equal(`copy of ${name}`, kernel.floats(`${name}Snapshot`, [0, size]), contents[name][0].data);
  }
  const written = Object.fromEntries(names.map((name) => [`${name}Snapshot`, [[0, size] as const]]));
  kernel.checkUntouched("snapshot", written);
  // After a fault it must not copy.
  await kernel.run(1, { ...contents, control: [{ data: Uint32Array.of(0, 0, 5, 0) }] });
  kernel.checkUntouched("a snapshot after a fault", {}, 5);
}

export async function checkConfusion(context: CheckContext, tuning: Tuning): Promise<void> {
  const { check, shaders } = context;
  const draw = new Draw(133);
  const [classes, rows] = [5, 101];
  const limits = limitsOf(context);
  const base = makePlan(stack(4, [], classes), {}, { tuning, limits, shaders });
  const program = planEvaluation(base, limits, rows);
  const dispatches = program.dispatches.filter(({ name }) => name === "confusion");
  const labels = draw.labels(rows, classes);
  const predicted = draw.labels(rows, classes);
  const buffers = [...program.buffers, { name: "labels", bytes: rows, purpose: "" }];
  const kernel = await Kernel.open(context, dispatches, buffers);
  const results = new Uint32Array(4 * rows);
  predicted.forEach((value, row) => (results[4 * row + 1] = value));
  const counts = new Uint32Array(classes ** 2);
  labels.forEach((label, row) => counts[label * classes + predicted[row]]++);
  await kernel.run(rows, {
    labels: [{ data: labels }],
    results: [{ data: results }],
    confusion: [{ data: new Uint32Array(classes ** 2) }],
  });
  check.equal("counts", kernel.words("confusion", [0, classes ** 2]), counts);
  kernel.checkUntouched("confusion", { confusion: [[0, classes ** 2]] });
}
