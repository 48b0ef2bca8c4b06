/** The non-finite guard: what breaks is named, nothing non-finite is kept, and the last good state is that of a re-run. */
import type { EngineState, Parameters as Tensors } from "../../src/core/engine.ts";
import { DivergedError } from "../../src/core/errors.ts";
import type { TrainingSpec } from "../../src/core/spec.ts";
import { writeEntry } from "../../src/gpu/epoch-schedule.ts";
import { CONTROL_BYTES, decodeFault, FAULT, FAULT_ENTRY } from "../../src/gpu/faults.ts";
import { ENTRY_WORDS } from "../../src/gpu/plan-programs.ts";
import { openFloats } from "../../src/lens/conformance/products.ts";
import type { GpuEngine, GpuEngineOptions } from "../../src/gpu/engine.ts";
import { SOFTWARE_TUNING } from "../../src/gpu/tuning.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";

const OPTIONS: GpuEngineOptions = {
  network: stack(
    9,
    [
      [13, "relu"],
      [5, "tanh"],
    ],
    3,
  ),
  training: { batchSize: 8, optimizer: "adam", epochs: 5 },
  dataset: new Draw(91).dataset(3, 3, { train: 60 }),
};

const tensors = ({ parameters, moments }: EngineState) =>
  ({ ...parameters, ...moments }) as Record<string, Float32Array>;

/** The engine is in the state of a fresh run of so many steps, refuses to go on, and recovers. */
async function checkKept(
  lab: Lab,
  what: string,
  engine: GpuEngine,
  error: DivergedError,
  options: GpuEngineOptions,
): Promise<void> {
  const { check } = lab;
  const kept = await engine.state();
  check.that(
    `${what}: restored step`,
    kept.step === error.restoredStep,
    `${kept.step}, ${error.restoredStep}`,
  );
  for (const [name, values] of Object.entries(tensors(kept))) {
    check.that(`${what}: ${name} is finite`, values.every(Number.isFinite));
  }
  const again = await lab.engine(options);
  await again.run(error.restoredStep);
  check.sameBits(`${what}: kept state`, tensors(kept), tensors(await again.state()));
  for (const call of [() => engine.run(1), () => engine.step(), () => engine.records()]) {
    await check.rejects(`${what}: a later call`, call(), DivergedError);
  }
}

/** A learning rate that lets the weights explode. */
async function explode(lab: Lab): Promise<void> {
  for (const [optimizer, submitSeconds] of [
    ["sgd", 1e-9],
    ["momentum", 1],
    ["sgd", 1],
  ] as const) {
    const options = {
      ...OPTIONS,
      network: stack(
        9,
        [
          [13, "leaky-relu"],
          [5, "linear"],
        ],
        3,
      ),
      training: { ...OPTIONS.training, optimizer, learningRate: 1e30 },
      tuning: { ...SOFTWARE_TUNING, submitSeconds },
    };
    const engine = await lab.engine(options);
    const error = await lab.check.rejects(
      `${optimizer} at learning rate 1e30`,
      engine.run(7).then(() => engine.records()),
      DivergedError,
    );
    if (error === undefined) continue;
    const { step, layer, tensor } = error.fault;
    lab.check.that("the fault has a step", step >= error.restoredStep && step < 7, step);
    lab.check.that("a layer", layer >= 0 && layer < 3, layer);
    lab.check.that("and a tensor", error.message.includes(`${tensor} of layers.${layer}`), error.message);
    await checkKept(lab, optimizer, engine, error, options);
  }
}

/** Values that no interface lets through, written behind the engine's back. */
async function inject(lab: Lab): Promise<void> {
  const spots = [
    { buffer: "parameters", value: NaN, layer: 0, at: "weight", tensor: "z" },
    { buffer: "parameters", value: Infinity, layer: 1, at: "bias", tensor: "z" },
    { buffer: "parameters", value: -Infinity, layer: 0, at: "bias", tensor: "z" },
    { buffer: "parameters", value: NaN, layer: 2, at: "weight", tensor: "logits" },
    { buffer: "firstMoment", value: NaN, layer: 1, at: "weight", tensor: "moment" },
    { buffer: "secondMoment", value: Infinity, layer: 0, at: "bias", tensor: "moment" },
  ] as const;
  for (const clipNorm of [0, 10]) {
    const options = { ...OPTIONS, training: { ...OPTIONS.training, clipNorm } };
    const engine = await lab.engine(options);
    const start = await engine.state();
    for (const { buffer, value, layer, at, tensor } of spots) {
      const what = `${value} in ${at} ${layer} of ${buffer}, clipNorm ${clipNorm}`;
      await engine.setState(start);
      await engine.run(4);
      const good = await engine.state();
      const word = 4 * engine.plan.parameters.layers[layer][at];
      lab.device.queue.writeBuffer(lab.buffers.find(`train ${buffer}`), 4 * word, Float32Array.of(value));
      const error = await lab.check.rejects(
        what,
        engine.run(5).then(() => engine.records()),
        DivergedError,
      );
      const { fault, restoredStep } = error ?? { fault: null, restoredStep: -1 };
      const expected = JSON.stringify({ step: 4, layer, tensor });
      lab.check.that(`${what}: the fault`, JSON.stringify(fault) === expected, JSON.stringify(fault));
      lab.check.that(`${what}: the restored step`, restoredStep === 4, restoredStep);
      const kept = await engine.state();
      lab.check.sameBits(what, tensors(kept), tensors(good));
      lab.check.that(`${what}: place`, kept.step === 4 && kept.position === good.position);
    }
    // From a good state it goes on as if nothing had been.
    await engine.setState(start);
    await engine.run(9);
    const untroubled = await lab.engine(options);
    await untroubled.run(9);
    lab.check.sameBits("recovered", tensors(await engine.state()), tensors(await untroubled.state()));
  }
}

/** Finite states from which a step overflows in one tensor: that one is named. Of eight rows alike. */
const OVERFLOWS: readonly {
  tensor: string;
  hidden: Parameters<typeof stack>[1];
  training?: TrainingSpec;
  parameters: Readonly<Record<string, readonly number[]>>;
  moments?: Readonly<Record<string, readonly number[]>>;
  layer: number;
}[] = [
  // 4 * 100 * 1e38
  {
    tensor: "z",
    hidden: [
      [4, "relu"],
      [4, "tanh"],
    ],
    parameters: { "layers.0.bias": [100, 100, 100, 100], "layers.1.weight": [1e38, 1e38, 1e38, 1e38] },
    layer: 1,
  },
  {
    tensor: "logits",
    hidden: [[4, "relu"]],
    parameters: { "layers.0.bias": [100, 100, 100, 100], "layers.1.weight": [1e38, 1e38, 1e38] },
    layer: 1,
  },
  // log p of a class that lies 6e38 below the largest
  { tensor: "loss", hidden: [], parameters: { "layers.0.bias": [3e38, -3e38, 0] }, layer: 0 },
  // Below W = 1e38 the deltas are about 2e37; activations of 100 make more of them than there is. 0 . W stays 0.
  {
    tensor: "dW",
    hidden: [
      [4, "relu"],
      [4, "tanh"],
    ],
    parameters: { "layers.0.bias": [100, 100, 100, 100], "layers.2.weight": [1e38, -1e38, 1e38] },
    layer: 1,
  },
  // Eight rows whose deltas add up, and activations of 0.
  {
    tensor: "db",
    hidden: [
      [4, "relu"],
      [4, "tanh"],
    ],
    parameters: { "layers.2.weight": [3e38, -3e38, 3e38] },
    layer: 1,
  },
  // 3e38 - 3 * 0.9 * 3e38, under an image without light
  {
    tensor: "weight",
    hidden: [],
    training: { weightDecay: 0.9, learningRate: 3 },
    parameters: { "layers.0.weight": [3e38] },
    layer: 0,
  },
  // p of two equal classes is 0.5; 3e38 + 1e38 * 0.5 for the true one
  {
    tensor: "bias",
    hidden: [],
    training: { learningRate: 2e38 },
    parameters: { "layers.0.bias": [3e38, 3e38, 0] },
    layer: 0,
  },
  // 0.9 * 3e38 + 0.9 * 3e38
  {
    tensor: "moment",
    hidden: [],
    training: { optimizer: "momentum", weightDecay: 0.9 },
    parameters: { "layers.0.weight": [3e38] },
    moments: { "layers.0.weight.velocity": [3e38] },
    layer: 0,
  },
];

async function overflow(lab: Lab): Promise<void> {
  const dark = { images: new Uint8Array(8 * 9), labels: new Uint8Array(8).fill(1) };
  const dataset = { ...OPTIONS.dataset!, train: dark, test: dark };
  const filled = (
    all: Tensors,
    given: Readonly<Record<string, readonly number[]>> = {},
  ): Record<string, Float32Array> =>
    Object.fromEntries(
      Object.entries(all).map(([name, { length }]) => [
        name,
        Float32Array.from({ length }, (_, i) => given[name]?.[i] ?? 0),
      ]),
    );
  for (const { tensor, hidden, training, parameters, moments, layer } of OVERFLOWS) {
    // Gradients go through other kernels where they are clipped, and where products are staged in workgroup memory.
    for (const [clipNorm, tuning] of [
      [0, SOFTWARE_TUNING],
      ...(tensor.startsWith("d") ? ([[10, SOFTWARE_TUNING]] as const) : []),
      ...(tensor === "logits" || tensor === "loss" ? ([[0, VARIANTS[4]]] as const) : []),
    ] as const) {
      const what = `${tensor} that overflows, clipNorm ${clipNorm}, ${tuning.name}`;
      const engine = await lab.engine({
        network: stack(9, hidden, 3),
        training: { batchSize: 8, optimizer: "sgd", learningRate: 1e-3, clipNorm, ...training },
        dataset,
        tuning,
      });
      const fresh = await engine.state();
      const state = {
        ...fresh,
        parameters: filled(fresh.parameters, parameters),
        moments: filled(fresh.moments, moments),
      };
      await engine.setState(state);
      const error = await lab.check.rejects(what, engine.step(), DivergedError);
      const { fault = null } = error ?? {};
      const expected = JSON.stringify({ step: 0, layer, tensor });
      lab.check.that(`${what}: the fault`, JSON.stringify(fault) === expected, JSON.stringify(fault));
      lab.check.sameBits(`${what}: state kept`, tensors(await engine.state()), tensors(state));
    }
  }
}

/** A gradient whose norm overflows although each element is finite. */
async function norm(lab: Lab): Promise<void> {
  const engine = await lab.engine({
    ...OPTIONS,
    network: stack(9, [[13, "relu"]], 3),
    training: { ...OPTIONS.training, clipNorm: 1 },
  });
  const parameters = Object.fromEntries(
    Object.entries(await engine.parameters()).map(([name, values]) => [
      name,
      new Float32Array(values.length).fill(name === "layers.0.bias" ? 1e21 : 0),
    ]),
  );
  await engine.setParameters(parameters);
  const error = await lab.check.rejects("a norm that overflows", engine.step(), DivergedError);
  lab.check.that(
    "it is named",
    error?.fault.tensor === "gradientNorm" && error.fault.step === 0,
    JSON.stringify(error?.fault),
  );
  lab.check.sameBits("parameters kept", await engine.parameters(), parameters);
}

/**
 * Between sentinels: which words a fault changes, in the entry of the step in which it is raised. By a logit that overflows,
 * and by NaN with the lowest bit set, which none has that arithmetic makes.
 */
async function words(lab: Lab): Promise<void> {
  const { check } = lab;
  const network = stack(1, [[1, "linear"]], 2);
  const opened = await openFloats(lab, network, { tuning: VARIANTS[0], capacity: 1 }, "head");
  const { plan, program, kernel } = opened;
  const { weight, bias } = plan.parameters.layers[1];
  const [next, current] = [7, 5];
  const entry = new Uint32Array(ENTRY_WORDS);
  writeEntry(entry, 0, { step: 0, first: 0, rows: 1 });
  for (const [what, vector, bits] of [
    ["overflow", weight, 0x7f000000],
    ["NaN", bias, 0x7fc00001],
  ] as const) {
    const parameters = new Uint32Array(4 * plan.parameters.vectors);
    parameters[4 * vector] = bits;
    await kernel.run(1, {
      activations: [{ at: 4 * program.activations.activations[0], data: Float32Array.of(1e9, 0, 0, 0) }],
      control: [{ data: Uint32Array.of(next, current, 0, 0) }],
      labels: [{ data: Uint8Array.of(0) }],
      parameters: [{ data: parameters }],
      schedule: [{ at: current * ENTRY_WORDS, data: entry }],
    });
    const control = kernel.words("control", [0, CONTROL_BYTES / 4]);
    check.equal(`${what}: entries`, [control[0], control[1], control[FAULT_ENTRY]], [next, current, current]);
    check.that(`${what}: a fault is raised`, control[FAULT] !== 0);
    const { layer, tensor } = decodeFault(control[FAULT], 0, 2);
    check.that(`${what}: its name`, layer === 1 && tensor === "logits", `${tensor} of layer ${layer}`);
    const written = {
      activations: [[0, 4 * program.activations.vectors] as const],
      results: [[0, 4] as const],
    };
    kernel.checkUntouched(what, written, control[FAULT]);
  }
}

export const guardCases: readonly Case[] = [
  { name: "guard: an exploding run keeps its last good state", run: explode },
  { name: "guard: NaN and infinity in weights and moments", run: inject },
  { name: "guard: each tensor that overflows is named", run: overflow },
  { name: "guard: a gradient norm that overflows", run: norm },
  { name: "guard: the words of a fault", run: words },
];
