/** The kernels that move and count: gather, snapshot, confusion matrix, step record. Exact, inside canaries. */
import { writeEntry } from "../../src/gpu/epoch-schedule.ts";
import { padImages, vectors } from "../../src/gpu/layout.ts";
import { plan as makePlan } from "../../src/gpu/plan.ts";
import { planEvaluation } from "../../src/gpu/plan-programs.ts";
import { DEFAULT_LIMITS } from "../../src/gpu/plan-types.ts";
import { Kernel } from "../../src/lens/conformance/kernel.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";
import { VARIANTS } from "../support/gpu-variants.ts";

const [tuning] = VARIANTS;

async function gather(lab: Lab): Promise<void> {
  const draw = new Draw(131);
  const [pixels, trainRows, batchSize] = [31, 101, 33];
  const words = vectors(pixels);
  const limits = { ...DEFAULT_LIMITS, maxStorageBufferBindingSize: 1600 };
  const plan = makePlan(
    stack(pixels, [], 2),
    { batchSize, optimizer: "sgd" },
    { tuning, trainRows, limits, shaders: lab.shaders },
  );
  const gathers = plan.dispatches.filter(({ name }) => name.startsWith("gather"));
  const parts = plan.buffers.filter(({ name }) => name.startsWith("imagesPart"));
  lab.check.that("there are parts", parts.length === 3, parts.length);
  const buffers = [...plan.buffers, { name: "images", bytes: 4 * words * batchSize, purpose: "" }];
  const kernel = await Kernel.open(lab, gathers, buffers);
  const images = padImages(draw.bytes(trainRows * pixels), pixels);
  const contents = Object.fromEntries(
    parts.map(({ name, bytes }, index) => {
      const before = parts.slice(0, index).reduce((sum, part) => sum + part.bytes, 0);
      return [name, [{ data: images.slice(before, before + bytes) }]];
    }),
  );
  const all = new Uint32Array(images.slice().buffer);
  for (const rows of [33, 1, 7]) {
    const chosen = draw.rows(rows, trainRows);
    const entry = new Uint32Array(8);
    writeEntry(entry, 0, { step: 0, first: plan.scheduleRows, rows });
    await kernel.run(rows, {
      ...contents,
      schedule: [{ data: entry }, { at: plan.scheduleRows, data: chosen }],
    });
    const expected = [...chosen].flatMap((row) => [...all.subarray(row * words, (row + 1) * words)]);
    lab.check.equal(`gathered ${rows} rows`, kernel.words("images", [0, rows * words]), expected);
    kernel.checkUntouched(`gathered ${rows} rows`, { images: [[0, rows * words]] });
  }
}

async function snapshot(lab: Lab): Promise<void> {
  const draw = new Draw(132);
  const plan = makePlan(stack(31, [[7]], 3), { optimizer: "adam" }, { tuning, shaders: lab.shaders });
  const kernel = await Kernel.open(lab, [plan.snapshot], plan.buffers);
  const size = 4 * plan.parameters.vectors;
  const names = ["parameters", "firstMoment", "secondMoment"];
  const contents = Object.fromEntries(names.map((name) => [name, [{ data: draw.floats(size) }]]));
  await kernel.run(1, contents);
  for (const name of names) {
    lab.check.equal(`copy of ${name}`, kernel.floats(`${name}Snapshot`, [0, size]), contents[name][0].data);
  }
  const written = Object.fromEntries(names.map((name) => [`${name}Snapshot`, [[0, size] as const]]));
  kernel.checkUntouched("snapshot", written);
  // After a fault it must not copy.
  await kernel.run(1, { ...contents, control: [{ data: Uint32Array.of(0, 0, 5, 0) }] });
  const before = kernel.words("parametersSnapshot", [0, 1])[0];
  lab.check.that(
    "a fault stops the snapshot",
    before === kernel.words("parametersSnapshot", [size - 1, size])[0],
  );
  lab.check.that(
    "and leaves its contents",
    before !== new Uint32Array(contents["parameters"][0].data.buffer)[0],
  );
}

async function confusion(lab: Lab): Promise<void> {
  const draw = new Draw(133);
  const [classes, rows] = [5, 101];
  const base = makePlan(stack(4, [], classes), {}, { tuning, shaders: lab.shaders });
  const program = planEvaluation(base, DEFAULT_LIMITS, rows);
  const dispatches = program.dispatches.filter(({ name }) => name === "confusion");
  const labels = draw.labels(rows, classes);
  const predicted = draw.labels(rows, classes);
  const buffers = [...program.buffers, { name: "labels", bytes: rows, purpose: "" }];
  const kernel = await Kernel.open(lab, dispatches, buffers);
  const results = new Uint32Array(4 * rows);
  predicted.forEach((value, row) => (results[4 * row + 1] = value));
  const counts = new Uint32Array(classes ** 2);
  labels.forEach((label, row) => counts[label * classes + predicted[row]]++);
  await kernel.run(rows, {
    labels: [{ data: labels }],
    results: [{ data: results }],
    confusion: [{ data: new Uint32Array(classes ** 2) }],
  });
  lab.check.equal("counts", kernel.words("confusion", [0, classes ** 2]), counts);
  kernel.checkUntouched("confusion", { confusion: [[0, classes ** 2]] });
}

export const copyCases: readonly Case[] = [
  { name: "copies: gathered rows", run: gather },
  { name: "copies: snapshot", run: snapshot },
  { name: "copies: confusion matrix", run: confusion },
];
