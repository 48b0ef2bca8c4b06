/**
 * The forward pass alone, as predictions run it: what nothing goes backward from keeps no slopes and no deltas, and has no
 * room for them.
 */
import { packParameters, padRows, unpadRows } from "../../gpu/layout.ts";
import { plan as makePlan } from "../../gpu/plan.ts";
import { planFloats } from "../../gpu/plan-programs.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { boundedPass } from "../pass-bounds.ts";
import { depthsOf } from "../rounding.ts";
import { Draw, stack } from "./draw.ts";
import { Kernel, region, type CheckContext } from "./kernel.ts";
import { limitsOf } from "./products.ts";

const [INPUT, UNITS, CLASSES, ROWS] = [31, 65, 13, 33] as const;

export async function checkPredictions(context: CheckContext, tuning: Tuning): Promise<void> {
  const { check, shaders } = context;
  const draw = new Draw(135);
  const limits = limitsOf(context);
  const plan = makePlan(stack(INPUT, [[UNITS, "tanh"]], CLASSES), {}, { tuning, limits, shaders });
  const program = planFloats(plan, limits, ROWS, false);
  const kernel = await Kernel.open(context, program.dispatches, [...plan.buffers, ...program.buffers]);
  const { input, activations, logits, probabilities, parts } = program.activations;
  const parameters = draw.parameters(plan.network);
  const x = draw.floats(ROWS * INPUT);
  const labels = draw.labels(ROWS, CLASSES);
  const contents = {
    activations: [{ at: 4 * input, data: padRows(x, INPUT) }],
    labels: [{ data: labels }],
    parameters: [{ data: packParameters(plan.network, parameters) }],
  };
  await kernel.run(ROWS, contents);
  const { forward, errors } = boundedPass(plan.network, parameters, x, labels, { depths: depthsOf(tuning) });
  const regions = {
    hidden: region(activations[0], ROWS, UNITS),
    logits: region(logits, ROWS, CLASSES),
    probabilities: region(probabilities, ROWS, CLASSES),
  };
  const read = (name: keyof typeof regions, width: number): Float32Array =>
    unpadRows(kernel.floats("activations", regions[name]), ROWS, width);
  check.within(
    "predictions: hidden layer",
    read("hidden", UNITS),
    forward.layers[0].a,
    errors.layers[0].output,
    [ROWS, UNITS],
  );
  check.within("predictions: logits", read("logits", CLASSES), forward.logits, errors.layers[1].z, [
    ROWS,
    CLASSES,
  ]);
  check.within(
    "predictions: probabilities",
    read("probabilities", CLASSES),
    forward.probabilities,
    errors.head.probabilities,
    [ROWS, CLASSES],
  );
  const partSums = [4 * parts, 4 * program.activations.vectors] as const;
  await kernel.checkAlone("predictions", ROWS, contents, {
    activations: [...Object.values(regions), partSums],
    results: [[0, 4 * ROWS]],
  });
}
