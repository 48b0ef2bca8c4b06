/** Same seed, same bits: however the steps are handed over, and wherever a run is stopped and taken up again. */
import type { EngineState } from "../../src/core/engine.ts";
import type { GpuEngine, GpuEngineOptions } from "../../src/gpu/engine.ts";
import { SOFTWARE_TUNING } from "../../src/gpu/tuning.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";
import { checkFusedStep } from "../support/gpu-step.ts";

const OPTIONS: GpuEngineOptions = {
  network: stack(
    25,
    [
      [17, "gelu", 0.3],
      [9, "relu"],
    ],
    4,
  ),
  training: {
    batchSize: 13,
    optimizer: "adamw",
    weightDecay: 0.1,
    labelSmoothing: 0.1,
    schedule: "cosine",
    epochs: 9,
    seed: 3,
  },
  // Four steps an epoch, the last of 5 rows.
  dataset: new Draw(81).dataset(5, 4, { train: 44 }),
  tuning: SOFTWARE_TUNING,
};

/** Everything but the place in the epoch's sums, which follow from the records. */
function checkSame(lab: Lab, what: string, actual: EngineState, expected: EngineState): void {
  const tensors = (state: EngineState) =>
    ({ ...state.parameters, ...state.moments }) as Record<string, Float32Array>;
  lab.check.sameBits(what, tensors(actual), tensors(expected));
  const { parameters: _p, moments: _m, ...place } = actual;
  const { parameters: _q, moments: _n, ...expectedPlace } = expected;
  lab.check.that(
    `${what}: place`,
    JSON.stringify(place) === JSON.stringify(expectedPlace),
    JSON.stringify(place),
  );
}

async function chunks(lab: Lab): Promise<void> {
  const ways: readonly ((engine: GpuEngine) => Promise<unknown>)[] = [
    (engine) => engine.run(10),
    async (engine) => {
      await engine.run(5);
      await engine.run(5);
    },
    async (engine) => {
      for (let i = 0; i < 10; i++) await engine.step();
    },
    // Not awaited: calls are taken in the order in which they were made.
    (engine) => Promise.all([engine.run(3), engine.step(), engine.records(), engine.run(6)]),
  ];
  const states: EngineState[] = [];
  const records: string[] = [];
  for (const way of ways) {
    const engine = await lab.engine(OPTIONS);
    await way(engine);
    records.push(JSON.stringify((await engine.records()).at(-1)));
    states.push(await engine.state());
    engine.dispose();
  }
  const one = { ...SOFTWARE_TUNING, submitSeconds: 1e-9 };
  const single = await lab.engine({ ...OPTIONS, tuning: one });
  lab.check.that("one step per submit", single.plan.stepsPerSubmit === 1, single.plan.stepsPerSubmit);
  await single.run(10);
  lab.check.that("as many submits as steps", single.counters.submits === 10, single.counters.submits);
  states.push(await single.state());
  for (const [index, state] of states.entries()) checkSame(lab, `way ${index}`, state, states[0]);
  for (const record of records) lab.check.that("the last record", record === records[0], record);
  lab.check.that("ten steps", states[0].step === 10 && states[0].epoch === 2 && states[0].position === 2);
}

async function resume(lab: Lab): Promise<void> {
  for (const optimizer of ["adamw", "sgd", "nesterov"] as const) {
    const options = { ...OPTIONS, training: { ...OPTIONS.training, optimizer } };
    const through = await lab.engine(options);
    const end = 9;
    const stops: EngineState[] = [];
    for (let i = 0; i < end; i++) {
      stops.push(await through.state());
      await through.run(1);
    }
    const final = await through.state();
    const other = await lab.engine(options);
    // In the middle of an epoch, before its short batch, at its end; back and forth on one engine.
    for (const stop of [6, 1, 3, 4]) {
      await other.setState(structuredClone(stops[stop]));
      checkSame(lab, `${optimizer}: state of step ${stop}`, await other.state(), stops[stop]);
      await other.run(end - stop);
      checkSame(lab, `${optimizer}: resumed at ${stop}`, await other.state(), final);
    }
  }
}

async function chosenRows(lab: Lab): Promise<void> {
  const engine = await lab.engine(OPTIONS);
  await engine.run(2);
  const before = await engine.state();
  const first = await engine.step(Uint32Array.of(43, 0, 7));
  const after = await engine.state();
  await engine.setState(before);
  const again = await engine.step(Uint32Array.of(43, 0, 7));
  checkSame(lab, "the same rows again", await engine.state(), after);
  lab.check.equal("its result", [again.loss, again.correct], [first.loss, first.correct]);
  const place = ({ position, epoch, sums }: EngineState): string => JSON.stringify([position, epoch, sums]);
  lab.check.that("the epoch goes on where it was", place(after) === place(before), place(after));
  await engine.run(2);
  lab.check.that("to its end", (await engine.state()).epoch === 1);
  await lab.check.rejects("a row that is not there", engine.step(Uint32Array.of(44)), Error);
  await lab.check.rejects("more rows than a batch", engine.step(new Uint32Array(14)), Error);
  const broken = {
    ...before,
    parameters: { ...before.parameters, "layers.0.bias": new Float32Array(17).fill(NaN) },
  };
  await lab.check.rejects("setState() of a NaN", engine.setState(broken), Error);
  await lab.check.rejects("setParameters() without a bias", engine.setParameters({}), Error);
}

/** A batch larger than the training split: every batch is the whole split, and chosen rows are at most as many. */
async function largeBatch(lab: Lab): Promise<void> {
  const dataset = new Draw(82).dataset(5, 4, { train: 5 });
  const training = { batchSize: 16, optimizer: "sgd", learningRate: 0.5 } as const;
  const engine = await lab.engine({ network: OPTIONS.network, training, dataset });
  lab.check.that("one step an epoch", engine.stepsPerEpoch === 1, engine.stepsPerEpoch);
  const state = await engine.state();
  await checkFusedStep(lab, "the epoch's batch", engine, state);
  const rows = Uint32Array.of(4, 4, 0, 2, 4);
  await checkFusedStep(lab, "as many chosen rows, some of them again", engine, state, rows);
  await lab.check.rejects("more rows than a batch", engine.step(new Uint32Array(6)), Error);
}

export const stateCases: readonly Case[] = [
  { name: "the same bits however steps are handed over", run: chunks },
  { name: "stopped and resumed anywhere, the same bits", run: resume },
  { name: "steps on chosen rows leave the epoch alone", run: chosenRows },
  { name: "a batch larger than the training split", run: largeBatch },
];
