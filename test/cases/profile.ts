/** Measuring: the kernels of the roofline compute what they say, and looking at a run changes not one bit of it. */
import { profileEngine } from "../../src/gpu/profiler.ts";
import { arithmeticKernel, copyKernel } from "../../src/gpu/roofline.ts";
import { Scratch } from "../../src/gpu/scratch.ts";
import { DispatchTimer } from "../../src/gpu/dispatch-timer.ts";
import { plan as makePlan } from "../../src/gpu/plan.ts";
import { DEFAULT_LIMITS } from "../../src/gpu/plan-types.ts";
import { traceFile } from "../../src/gpu/trace.ts";
import { HARDWARE_TUNING } from "../../src/gpu/tuning.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";
import { Kernel } from "../../src/lens/conformance/kernel.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";

const limits = DEFAULT_LIMITS;

async function roofline(lab: Lab): Promise<void> {
  const draw = new Draw(151);
  const given = { limits, shaders: lab.shaders };
  for (const [vectors, perItem] of [
    [1, 1],
    [65, 16],
    [1021, 7],
  ]) {
    const { dispatch, buffers } = copyKernel(vectors, { workgroupSize: 16, perItem }, given);
    const kernel = await Kernel.open(lab, [dispatch], buffers);
    const data = draw.floats(4 * vectors);
    await kernel.run(1, { origin: [{ data }] });
    const what = `copy of ${vectors} vectors, ${perItem} each`;
    lab.check.equal(what, kernel.floats("copied", [0, 4 * vectors]), data);
    kernel.checkUntouched(what, { copied: [[0, 4 * vectors]] });
  }
  for (const [items, rounds, chains] of [
    [1, 1, 1],
    [33, 5, 4],
    [101, 12, 8],
  ]) {
    const form = { workgroupSize: 16, perItem: chains };
    const { dispatch, buffers } = arithmeticKernel(items, rounds, form, given);
    const kernel = await Kernel.open(lab, [dispatch], buffers);
    const x = draw.integers(4 * items, -9, 9);
    const factor = draw.integers(4, 1, 2);
    const summand = draw.integers(4, -3, 3);
    await kernel.run(1, { origin: [{ data: Float32Array.from([...x, ...factor, ...summand]) }] });
    // Whole numbers below 2^24: exact, with or without fused multiply-adds.
    const expected = x.map((start, i) => {
      let total = 0;
      for (let chain = 0; chain < chains; chain++) {
        let value = start + chain;
        for (let round = 0; round < rounds; round++) value = value * factor[i % 4] + summand[i % 4];
        total += value;
      }
      return total;
    });
    const what = `${rounds} multiply-adds in ${chains} chains, ${items} times`;
    lab.check.equal(what, kernel.floats("copied", [0, 4 * items]), expected);
    kernel.checkUntouched(what, { copied: [[0, 4 * items]] });
  }
}

async function sameBits(lab: Lab): Promise<void> {
  const { check } = lab;
  const dataset = new Draw(152).dataset(5, 4, { train: 90, test: 20 });
  const options = {
    network: stack(25, [[19, "relu", 0.2]], 4),
    training: { batchSize: 8, optimizer: "adamw", learningRate: 0.01, seed: 3 } as const,
    dataset,
  };
  const run = async (profile: boolean) => {
    const engine = await lab.engine({ ...options, profile });
    await engine.run(15);
    await engine.evaluate("test");
    await engine.step(Uint32Array.of(1, 2, 3));
    const records = await engine.records();
    return { engine, records, state: await engine.state() };
  };
  const plain = await run(false);
  const profiled = await run(true);
  for (const [name, values] of Object.entries(plain.state.parameters)) {
    check.equal(`bits of ${name}`, profiled.state.parameters[name], values);
  }
  for (const [name, values] of Object.entries(plain.state.moments)) {
    check.equal(`bits of ${name}`, profiled.state.moments[name], values);
  }
  check.equal(
    "losses",
    profiled.records.map(({ loss }) => loss),
    plain.records.map(({ loss }) => loss),
  );
  check.that("submits", profiled.engine.counters.submits === plain.engine.counters.submits);
  check.that("without profile there is nothing", (await plain.engine.timings()) === undefined);

  const timings = (await profiled.engine.timings())!;
  const { dispatchesPerStep } = profiled.engine.plan;
  check.that("a name per dispatch", timings.dispatches.length === dispatchesPerStep);
  check.that("every submit is noted", timings.submits.length === profiled.engine.counters.submits);
  check.that("so is the evaluation", timings.waits.map(({ name }) => name).join() === "evaluate test");
  // Submits end with the epochs, of 12 steps; the one on chosen rows is alone.
  const { stepsPerSubmit } = profiled.engine.plan;
  check.that("an epoch fits a submit", stepsPerSubmit >= 12, stepsPerSubmit);
  const sampled = 8 + 3 + 1;
  const hasStamps = lab.device.features.has("timestamp-query");
  check.that(
    "up to eight samples per submit where there are timestamps",
    timings.samples.length === (hasStamps ? sampled : 0),
    timings.samples.length,
  );
  for (const { stamps } of timings.samples) {
    check.that("begin and end of every dispatch", stamps.length === 2 * dispatchesPerStep);
  }
  const trace = traceFile(timings, profiled.engine.adapter, "adapter");
  const drawn = trace.traceEvents.filter(({ cat }) => cat === "dispatch");
  check.that("every sampled dispatch is drawn", drawn.length === timings.samples.length * dispatchesPerStep);

  const before = lab.buffers.live;
  const report = await profileEngine(profiled.engine, timings, lab.device, limits);
  check.that("a profile leaves no buffers", lab.buffers.live === before, lab.buffers.live - before);
  check.that(
    "a row per dispatch",
    report.dispatches.map(({ name }) => name).join() === timings.dispatches.join(),
  );
  check.that(
    "every dispatch was timed",
    report.dispatches.every(({ samples }) => samples > 0),
  );
  check.that("both roofs were measured", report.roofline.gflops > 0 && report.roofline.gbps > 0);
}

/** What is timed on scratch buffers computes the same again and again, and leaves parameters and moments alone. */
async function scratch(lab: Lab): Promise<void> {
  const { check } = lab;
  const { train } = new Draw(153).dataset(5, 4, { train: 40 });
  const plan = makePlan(
    stack(25, [[19, "gelu", 0.2], [9]], 4),
    { batchSize: 8, optimizer: "adamw", weightDecay: 0.1, clipNorm: 0.5 },
    { trainRows: 40, tuning: HARDWARE_TUNING, shaders: lab.shaders },
  );
  const own = new Scratch(lab.device, train, limits);
  lab.atEnd(() => own.dispose());
  const step = await own.prepare(plan);
  await own.settle(plan, step);
  const contents = async (): Promise<Uint32Array[]> =>
    Promise.all(
      ["parameters", "firstMoment", "secondMoment", "activations"].map(
        async (name) => new Uint32Array(await lab.read(lab.buffers.find(`scratch ${name}`))),
      ),
    );
  const before = await contents();
  check.that(
    "parameters are not 0",
    before[0].some((word) => word !== 0),
  );
  check.that(
    "activations are not 0",
    before[3].some((word) => word !== 0),
  );
  const timer = new DispatchTimer(own.memory, own.control);
  for (const each of step) {
    const { ms, times } = await timer.measure([each], { batchMs: 0, samples: 2 });
    check.that(`${each.plan.name} was timed`, times.length === 2 && ms >= 0, `${ms}`);
  }
  await own.checkFault();
  const after = await contents();
  for (const [index, name] of ["parameters", "first moment", "second moment", "activations"].entries()) {
    check.equal(`${name} after timing`, after[index], before[index]);
  }
  timer.destroy();
}

export const profileCases: readonly Case[] = [
  { name: "roofline: copies and multiply-adds", run: roofline },
  { name: "profile: every bit stays", run: sameBits },
  { name: "scratch: timing changes nothing", run: scratch },
];
