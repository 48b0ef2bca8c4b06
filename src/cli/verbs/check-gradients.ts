/** `backlit check --gradients`: back-propagation against central differences, in float64, on any network. */
import { EXIT, SpecError } from "../../core/errors.ts";
import type { RunOptions } from "../../core/run-options.ts";
import { networkToSpec, resolveNetwork } from "../../core/spec.ts";
import { networkOf } from "../../lens/derivation/start.ts";
import {
  GRADIENT_CHECK_ROWS,
  gradientCheckByEntries,
  randomBatch,
  type GradientCheck,
} from "../../lens/gradient-check.ts";
import { readModel, type Model } from "../../model/model-file.ts";
import type { Context } from "../context.ts";
import { gradientText } from "../gradient-text.ts";
import { GIVING_UP, inTurns, interruptible } from "../interrupt.ts";
import { readInputFile, runFile, withFileName } from "../input-file.ts";
import { checkStepSize, layersOptions } from "../layers-option.ts";

export interface GradientFlags {
  layers?: number[];
  model?: string;
  entries?: number;
}

const LAYERS = [6, 5, 4];

/** @param given the run options that were typed */
export async function runGradientCheck(
  context: Context,
  flags: GradientFlags,
  given: RunOptions,
): Promise<void> {
  const { output } = context;
  const sizes = flags.layers ?? LAYERS;
  const { activation, seed } = layersOptions(given, sizes);
  const rows = given.batchSize ?? GRADIENT_CHECK_ROWS;
  const labelSmoothing = given.labelSmoothing ?? 0;
  const model = flags.model === undefined ? undefined : await openModel(flags, given);
  const network = model ? resolveNetwork(model.network) : networkOf(sizes, activation);
  checkStepSize(network, rows);
  const random = randomBatch(network, rows, seed);
  const start = performance.now();
  const work = gradientCheckByEntries({
    network,
    parameters: model?.parameters ?? random.parameters,
    // A model has learned from pixels, which lie between 0 and 1.
    inputs: model ? random.inputs.map((x) => (x + 1) / 2) : random.inputs,
    labels: random.labels,
    labelSmoothing,
    seed,
    entries: flags.entries,
  });
  let result: GradientCheck | undefined;
  const check = async (signal: AbortSignal): Promise<void> => {
    result = await inTurns(work, signal);
  };
  await interruptible(context, check, GIVING_UP);
  if (!result) return;
  const seconds = (performance.now() - start) / 1000;
  const worst = result.tensors.reduce((a, b) => (b.errorOverBound > a.errorOverBound ? b : a));
  output.emit({
    type: "result",
    mode: "gradients",
    ...result,
    cases: result.compared,
    worst: {
      kernel: worst.name,
      shape: `[${worst.shape.join(", ")}]`,
      errorOverBound: worst.errorOverBound,
    },
    network: networkToSpec(network),
    seed,
    labelSmoothing,
    seconds,
  });
  output.print(gradientText(result, network, (text) => output.bold(text)));
  if (!result.passed) context.exitCode = EXIT.failed;
}

async function openModel(flags: GradientFlags, given: RunOptions): Promise<Model> {
  if (flags.layers !== undefined || given.activation !== undefined) {
    throw new SpecError(
      "model",
      "--model brings its own network; --layers and --activation do not go with it",
      "Leave them out, or leave --model out.",
    );
  }
  const file = await runFile(flags.model ?? "", "model");
  const bytes = await readInputFile(file, "model");
  return withFileName(file, () => readModel(bytes));
}
