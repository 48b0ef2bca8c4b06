/** The tracer: right kernels pass, a wrong one is named by its own result first, and tracing changes no bit. */
import { stepNumbers } from "../../src/core/schedule.ts";
import {
  resolveNetwork,
  resolveTraining,
  type Network,
  type NetworkSpec,
  type Training,
  type TrainingSpec,
} from "../../src/core/spec.ts";
import { SHADER_SOURCES, type ShaderSources } from "../../src/gpu/shader-sources.ts";
import { SOFTWARE_TUNING, type Tuning } from "../../src/gpu/tuning.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";
import { compareTraced, type Divergence } from "../../src/lens/trace/compare.ts";
import { readReplay } from "../../src/lens/trace/replay.ts";
import { traceSteps, type TraceReport } from "../../src/lens/trace/run.ts";
import { Tracer, type TracedStepInputs, type TraceSetting } from "../../src/lens/trace/tracer.ts";
import { momentShapes } from "../../src/model/parameters.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";

const DATASET = new Draw(141).dataset(5, 7, { train: 40 });
const SHALLOW = stack(25, [[13, "relu", 0.25]], 7);
const DEEP = stack(
  25,
  [
    [13, "relu", 0.25],
    [9, "tanh"],
  ],
  7,
);
const ADAM: TrainingSpec = {
  batchSize: 16,
  optimizer: "adamw",
  weightDecay: 0.1,
  labelSmoothing: 0.1,
  epochs: 2,
};

async function trace(
  lab: Lab,
  training: TrainingSpec,
  shaders: ShaderSources | undefined,
  steps: number,
  network: NetworkSpec,
  tuning: Tuning = SOFTWARE_TUNING,
): Promise<TraceReport> {
  const engine = await lab.engine({ network, training, dataset: DATASET, tuning, shaders });
  for await (const event of traceSteps(engine, lab.device, steps, { shaders })) {
    if (event.type === "report") return event.report;
  }
  throw new Error("there was no report");
}

/** Every step of an epoch, its short batch included, with and without what changes the order of dispatches. */
async function right(lab: Lab): Promise<void> {
  const loops = { ...SOFTWARE_TUNING, unrolled: false };
  for (const [training, network, tuning] of [
    [ADAM, SHALLOW, SOFTWARE_TUNING],
    [{ batchSize: 16, optimizer: "nesterov", clipNorm: 0.2, epochs: 2 }, DEEP, loops],
    [{ batchSize: 16, optimizer: "sgd", epochs: 2 }, stack(25, [], 7), loops],
  ] as const) {
    const { steps, diverged, first, worst } = await trace(lab, training, lab.shaders, 4, network, tuning);
    lab.check.that("nothing diverges", !diverged, JSON.stringify(first));
    lab.check.equal("steps", [steps], [4]);
    // The untraced step of the engine has been compared bit by bit on the way.
    const layers = network.layers.length;
    const moments = { adamw: 4, nesterov: 2, sgd: 0 }[training.optimizer as "adamw" | "nesterov" | "sgd"];
    const expected = 1 + 2 * (layers - 1) + 3 + layers * (1 + 2 + 2 + moments) + 1;
    lab.check.equal("tensors", [worst.length], [expected]);
    for (const { tensor, errorOverBound, kernelErrorOverBound, cpuErrorOverBound } of worst) {
      lab.check.that(`${tensor} is within its bound`, errorOverBound <= 1, errorOverBound);
      lab.check.that(`${tensor} of its kernel alone, too`, kernelErrorOverBound <= 1, kernelErrorOverBound);
      lab.check.that(`${tensor} of the CPU, too`, cpuErrorOverBound <= 1, cpuErrorOverBound);
    }
    const most = worst.reduce((sum, { errorOverBound }) => sum + errorOverBound, 0);
    lab.check.that("something was compared", most > 0);
    const own = worst.reduce((sum, { kernelErrorOverBound }) => sum + kernelErrorOverBound, 0);
    lab.check.that("kernels were compared more sharply", own > most, `${own}, ${most}`);
  }
}

/** `[file, from, to, tensor, kernel]`: a fault, and what has to be named. */
const FAULTS: readonly (readonly [string, string, string, string, string])[] = [
  ["source-images", "f32(1.0 / 255.0)", "f32(1.0 / 256.0)", "inputs", "source-images"],
  [
    "hidden-units",
    "let z = product + parameters[HIDDEN_BIAS_OFFSET + unit4];",
    "let z = product * 1.001;",
    "layers.0.z",
    "dense-forward",
  ],
  [
    "hidden-units",
    "let a = activate4(z) * kept * real;",
    "let a = activate4(z) * real;",
    "layers.0.a",
    "dense-forward",
  ],
  ["dropout", "vec4f(DROPOUT_SCALE)", "vec4f(1.0)", "layers.0.a", "dense-forward"],
  [
    "softmax-cross-entropy",
    "return (p - t) * rowShare();",
    "return (p - 0.99 * t) * rowShare();",
    "layers.1.delta",
    "head",
  ],
  [
    "result-delta",
    "activations[below] = activations[below] * product;",
    "activations[below] = product;",
    "layers.0.delta",
    "dense-input-gradient",
  ],
  [
    "result-gradient",
    "+ unit4, gradient);",
    "+ unit4, 1.0001 * gradient);",
    "layers.1.weight.gradient",
    "dense-weight-gradient",
  ],
  [
    "dense-bias-gradient",
    "r < rows; r++",
    "r + 1u < rows; r++",
    "layers.1.bias.gradient",
    "dense-bias-gradient",
  ],
  [
    "optimizer-adam",
    "ONE_MINUS_BETA2 * g * g",
    "1.5 * ONE_MINUS_BETA2 * g * g",
    "layers.1.weight.v",
    "optimizer-adam",
  ],
  ["step-result", "loss += bitcast<f32>(result.x);", "loss = bitcast<f32>(result.x);", "loss", "step-result"],
  // So little that the bounds of the whole pass would let it through.
  [
    "head",
    "activations[below] = activations[below] * sum[i];",
    "activations[below] = 1.0005 * activations[below] * sum[i];",
    "layers.0.delta",
    "head",
  ],
  ["optimizer-adam", "rate * m /", "1.0005 * rate * m /", "layers.1.weight", "optimizer-adam"],
  [
    "softmax-cross-entropy",
    "exponentials += dot(exp(z), vec4f(1.0));",
    "exponentials += dot(exp(z), select(vec4f(1.0), vec4f(1.0, 1.0, 0.0, 1.0), j == 1u));",
    "probabilities",
    "head",
  ],
];

/** A step from a random state on a random batch. */
function stepInputs(draw: Draw, network: Network, training: Training): TracedStepInputs {
  const rows = 16;
  const moments = momentShapes(network, training.optimizer).map(({ name, size }) => {
    const values = draw.floats(size, 0.01);
    return [name, name.endsWith(".v") ? values.map((x) => x * x) : values] as const;
  });
  return {
    state: { parameters: draw.parameters(network), moments: Object.fromEntries(moments), step: 3 },
    numbers: stepNumbers(training, 3, 10, 5),
    images: draw.bytes(rows * network.input),
    labels: draw.labels(rows, network.classes),
  };
}

async function traceOnce(
  lab: Lab,
  setting: TraceSetting,
  inputs: TracedStepInputs,
  shaders?: ShaderSources,
): Promise<Divergence | undefined> {
  const tracer = await Tracer.open(lab.device, setting, inputs.labels.length, shaders);
  try {
    return compareTraced(setting.network, inputs, await tracer.step(inputs), new Map());
  } finally {
    tracer.dispose();
  }
}

/** Each fault is traced beside a step without one. */
async function faults(lab: Lab, list: typeof FAULTS): Promise<void> {
  const { check } = lab;
  const training = resolveTraining(ADAM);
  const tuning = { ...SOFTWARE_TUNING, unrolled: false };
  // Only below two hidden layers is there a product dZ.Wt of its own.
  for (const spec of [SHALLOW, DEEP]) {
    const own = list.filter(([file]) => (spec === DEEP) === (file === "result-delta"));
    if (own.length === 0) continue;
    const setting = { network: resolveNetwork(spec), training, tuning };
    const inputs = stepInputs(new Draw(142), setting.network, training);
    const clean = await traceOnce(lab, setting, inputs);
    check.that("without a fault nothing is off", clean === undefined, JSON.stringify(clean));
    for (const fault of own) await checkNamed(lab, setting, inputs, fault);
  }
}

async function checkNamed(
  lab: Lab,
  setting: TraceSetting,
  inputs: TracedStepInputs,
  [file, from, to, tensor, kernel]: (typeof FAULTS)[number],
): Promise<void> {
  const { check } = lab;
  const text = SHADER_SOURCES[file];
  check.that(`${file} has the line "${from}"`, text.includes(from));
  const shaders = { ...SHADER_SOURCES, [file]: text.replaceAll(from, to) };
  const first = await traceOnce(lab, setting, inputs, shaders);
  const named = `${first?.tensor}, ${first?.kernel}`;
  check.that(`${file}, ${to}: what is off first`, named === `${tensor}, ${kernel}`, named);
  // The kernel is wrong by what it was given itself, not only by what came of the state.
  check.that(`${file}, ${to}: by its own inputs`, first?.comparison === "kernel", first?.comparison);
  if (first === undefined) return;
  const { gpu, reference, bound, origins } = first;
  check.that(`${tensor}: off by more than the bound`, !(Math.abs(gpu - reference) <= bound));
  const full = origins.length > 0 && origins.every(({ values }) => values.length > 0);
  check.that(`${tensor}: what it was made from`, full, JSON.stringify(origins));
}

/** A file repeats what was found, and nothing where nothing is wrong. */
async function replayed(lab: Lab): Promise<void> {
  const { check } = lab;
  const [file, from, to] = FAULTS[1];
  const shaders = { ...SHADER_SOURCES, [file]: SHADER_SOURCES[file].replaceAll(from, to) };
  const { first, replay, steps } = await trace(lab, ADAM, shaders, 3, stack(25, [[13]], 7));
  check.that("it stops at the first step", steps === 1 && first?.step === 0, `${steps}, ${first?.step}`);
  if (replay === undefined || first === undefined) return;
  const { setting, inputs, adapter, first: noted } = readReplay(replay);
  check.that("the adapter is named", adapter.length > 0);
  check.equal("what was found", [noted?.index ?? -1, noted?.gpu ?? 0], [first.index, first.gpu]);
  const again = await traceOnce(lab, setting, inputs, shaders);
  check.that("the same tensor", again?.tensor === first.tensor, again?.tensor);
  check.equal("the same element", [again?.index ?? -1, again?.gpu ?? 0], [first.index, first.gpu]);
  check.that("nothing without the fault", (await traceOnce(lab, setting, inputs)) === undefined);
}

export const traceCases: readonly Case[] = [
  { name: "trace: every tensor of every step within its bound", run: right },
  {
    name: "trace: a wrong kernel is named by its own result",
    // One of the first product, one of the head, one of the update.
    run: (lab) => faults(lab, [FAULTS[1], FAULTS[4], FAULTS[8]]),
  },
  { name: "trace: a replay file repeats a step", run: replayed },
];

/** All of them, which takes a while in a browser: there nothing differs but how long it compiles. */
export const everyFault: Case = {
  name: "trace: every wrong kernel is named by its own result",
  run: (lab) => faults(lab, FAULTS),
};
