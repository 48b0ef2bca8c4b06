/** evaluate(), predict() and gradients() over several chunks, against the reference. */
import { confusionMatrix, reportFromConfusion } from "../../src/core/report.ts";
import { rowArgmax, trueClassRanks } from "../../src/cpu/softmax.ts";
import type { Parameters } from "../../src/core/engine.ts";
import type { Dataset } from "../../src/core/dataset.ts";
import { pixelToInput } from "../../src/core/dataset.ts";
import type { GpuEngine } from "../../src/gpu/engine.ts";
import { HARDWARE_TUNING, type Tuning } from "../../src/gpu/tuning.ts";
import { boundedPass } from "../../src/lens/pass-bounds.ts";
import { UNIT } from "../../src/lens/rounding.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";

const CLASSES = 10;

function setting(): { network: ReturnType<typeof stack>; training: object; dataset: Dataset } {
  return {
    // Dropout and smoothing must not show in anything here.
    network: stack(
      49,
      [
        [17, "gelu", 0.5],
        [9, "tanh"],
      ],
      CLASSES,
    ),
    training: { batchSize: 33, learningRate: 0.01, labelSmoothing: 0.3 },
    dataset: new Draw(71).dataset(7, CLASSES, { train: 1100, test: 2100 }),
  };
}

async function evaluate(lab: Lab, tuning?: Tuning): Promise<void> {
  const options = setting();
  const engine = await lab.engine({ ...options, tuning });
  await engine.run(20);
  for (const split of ["test", "train", "test"] as const) {
    await checkSplit(lab, engine, options.dataset, split);
    await engine.run(5);
  }
  await lab.check.rejects("evaluate() of a split that is not there", engine.evaluate("validation"), Error);
}

async function checkSplit(
  lab: Lab,
  engine: GpuEngine,
  dataset: Dataset,
  name: "train" | "test",
): Promise<void> {
  const { check } = lab;
  const { images, labels } = dataset[name];
  const actual = await engine.evaluate(name);
  const inputs = Float32Array.from(images, pixelToInput);
  const { forward, backward, errors } = boundedPass(
    engine.network,
    await engine.parameters(),
    inputs,
    labels,
    {
      inputError: UNIT,
    },
  );
  const { openRows, losses, loss } = errors.head;
  check.within(`${name}: losses`, actual.losses, backward.losses, losses);
  check.within(`${name}: loss`, [actual.loss], [backward.loss], [loss]);
  const shape = [labels.length, CLASSES] as const;
  const clear = (values: Uint8Array): Uint8Array => values.filter((_, row) => openRows[row] === 0);
  check.equal(`${name}: predicted`, clear(actual.predicted), clear(rowArgmax(forward.logits, shape)));
  check.equal(`${name}: ranks`, clear(actual.ranks), clear(trueClassRanks(forward.logits, labels, shape)));
  const open = openRows.reduce((sum, value) => sum + value, 0);
  check.that(`${name}: few rows are too close to call`, open <= labels.length / 20, open);
  // The device's own counts must be those of its own predictions.
  const confusion = confusionMatrix(labels, actual.predicted, CLASSES);
  check.equal(`${name}: confusion`, actual.confusion.flat(), confusion.flat());
  const { accuracy, macro } = reportFromConfusion(confusion, dataset.classes);
  check.equal(`${name}: report`, [actual.accuracy, actual.macro.f1], [accuracy, macro.f1]);
  check.equal(
    `${name}: rank 0 is correct`,
    actual.ranks.map((rank) => Number(rank === 0)),
    labels.map((label, row) => Number(label === actual.predicted[row])),
  );
}

async function predict(lab: Lab): Promise<void> {
  const engine = await lab.engine({ network: setting().network });
  const draw = new Draw(72);
  for (const rows of [1, 7, 1500, 33]) {
    const inputs = draw.floats(rows * 49);
    const { probabilities, labels } = await engine.predict(inputs);
    const pass = boundedPass(engine.network, await engine.parameters(), inputs, new Uint8Array(rows));
    lab.check.within(
      `${rows} rows`,
      probabilities,
      pass.forward.probabilities,
      pass.errors.head.probabilities,
    );
    const { openRows } = pass.errors.head;
    const best = rowArgmax(pass.forward.logits, [rows, CLASSES]);
    const clear = (values: Uint8Array): Uint8Array => values.filter((_, row) => openRows[row] === 0);
    lab.check.equal(`${rows} rows: labels`, clear(labels), clear(best));
  }
  const none = await engine.predict(new Float32Array(0));
  lab.check.that("no rows give no rows", none.labels.length === 0 && none.probabilities.length === 0);
  await lab.check.rejects("predict() of a part of a row", engine.predict(new Float32Array(50)), Error);
}

async function gradients(lab: Lab): Promise<void> {
  const engine = await lab.engine({ ...setting(), tuning: HARDWARE_TUNING });
  const draw = new Draw(73);
  const parameters: Parameters = draw.parameters(engine.network);
  await engine.setParameters(parameters);
  for (const rows of [1, 33, 7]) {
    const inputs = draw.floats(rows * 49);
    const labels = draw.labels(rows, CLASSES);
    const actual = await engine.gradients(inputs, labels);
    const { forward, backward, errors } = boundedPass(engine.network, parameters, inputs, labels);
    lab.check.within(`${rows} rows: loss`, [actual.loss], [backward.loss], [errors.head.loss]);
    const last = engine.network.layers.length - 1;
    lab.check.within(`${rows} rows: logits`, actual.logits, forward.logits, errors.layers[last].z);
    lab.check.within(
      `${rows} rows: probabilities`,
      actual.probabilities,
      forward.probabilities,
      errors.head.probabilities,
    );
    for (const [name, bounds] of Object.entries(errors.gradients)) {
      lab.check.within(`${rows} rows: ${name}`, actual.gradients[name], backward.gradients[name], bounds);
    }
  }
  const infinite = new Float32Array(49).fill(3e38);
  await lab.check.rejects(
    "gradients() of inputs that overflow",
    engine.gradients(infinite, Uint8Array.of(0)),
    Error,
  );
}

export const evaluationCases: readonly Case[] = [
  { name: "evaluate() over chunks of the test and the training split", run: (lab) => evaluate(lab) },
  {
    name: "evaluate() with products in workgroup memory",
    run: (lab) => evaluate(lab, { ...VARIANTS[4], unrolled: false }),
  },
  { name: "predict() over batches of all sizes", run: predict },
  { name: "gradients() of batches of all sizes", run: gradients },
];
