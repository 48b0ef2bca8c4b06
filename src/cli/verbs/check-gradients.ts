/** `backlit check --gradients`: back-propagation against central differences, in float64, on any network. */
import { EXIT, SpecError } from "../../core/errors.ts";
import type { RunOptions } from "../../core/run-options.ts";
import { resolveNetwork, type Network } from "../../core/spec.ts";
import { networkOf } from "../../lens/derivation/start.ts";
import { gradientCheckByEntries, randomBatch, type GradientCheck } from "../../lens/gradient-check.ts";
import { hiddenActivations } from "../../lens/walk/words.ts";
import { readModel, type Model } from "../../model/model-file.ts";
import type { Context } from "../context.ts";
import { placeText } from "../../report/numbers.ts";
import { counted, grouped, table } from "../format.ts";
import { GIVING_UP, inTurns, interruptible } from "../interrupt.ts";
import { readInputFile, runFile, withFileName } from "../input-file.ts";
import { checkStepSize, layersOptions } from "../layers-option.ts";

export interface GradientFlags {
  layers?: number[];
  model?: string;
  entries?: number;
}

/** Rows where nothing else is said: each costs as much as the others and shows hardly more than four do. */
const ROWS = 4;
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
  const rows = given.batchSize ?? ROWS;
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
  const worst = result.tensors.reduce((a, b) => (b.largest > a.largest ? b : a));
  output.emit({
    type: "result",
    mode: "gradients",
    ...result,
    cases: result.compared,
    worst: {
      kernel: worst.name,
      shape: `[${worst.shape.join(", ")}]`,
      errorOverBound: worst.largest / result.tolerance,
    },
    network: { input: network.input, layers: network.layers },
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

function gradientText(result: GradientCheck, network: Network, bold: (text: string) => string): string {
  const { tensors, tolerance, step, rows, loss, compared, zero, skipped, passed, failures } = result;
  const widths = [network.input, ...network.layers.map(({ units }) => units)].join(" - ");
  const activations = network.layers.length > 1 ? [hiddenActivations(network)] : [];
  const lines = tensors.map(
    ({ name, shape, compared: n, zero: none, skipped: left, largest, median, failures: wrong }) => [
      name,
      shape.join(" x "),
      String(n),
      String(none),
      String(left),
      largest.toExponential(1),
      median.toExponential(1),
      n === 0 ? "nothing compared" : wrong === 0 ? "right" : `${wrong} wrong`,
    ],
  );
  const wrong = tensors.filter((tensor) => tensor.failures > 0);
  // Where all is right, the worst of each tensor says enough.
  const shown =
    wrong.length > 0 ? wrong : tensors.map((tensor) => ({ ...tensor, worst: tensor.worst.slice(0, 1) }));
  const entries = shown.flatMap(({ name, shape, worst }) =>
    worst.map(
      ({ index, gradient, quotient, relativeError }) =>
        `${name}${placeText(shape, index)}: gradient ${gradient}, quotient ${quotient}, relative error ${relativeError.toExponential(2)}`,
    ),
  );
  const kinks = skipped > 0 ? `; ${grouped(skipped)} left out at a kink of ReLU` : "";
  const zeros = zero > 0 ? `; ${grouped(zero)} of them 0 on both sides` : "";
  const empty = tensors.filter((tensor) => tensor.compared === 0).map(({ name }) => name);
  const verdict = passed
    ? `${counted(compared, "entry agrees", "entries agree")} within a relative error of ${tolerance}${zeros}${kinks}.`
    : failures > 0
      ? `${grouped(failures)} of ${counted(compared, "entry", "entries")} ${failures === 1 ? "is" : "are"} beyond a relative error of ${tolerance}.`
      : `Every entry of ${empty.join(", ")} lies at a kink of ReLU, so nothing is known of it: try another --seed.`;
  return [
    `${[widths, ...activations, counted(rows, "random row")].join(", ")}, loss ${loss.toFixed(6)}, float64: ` +
      `gradients against (L(w + h) - L(w - h)) / 2h, h = ${step}`,
    "",
    table(["tensor", "shape", "entries", "0 = 0", "at kinks", "largest", "median", "verdict"], lines, bold),
    "",
    `${wrong.length > 0 ? "The worst entries" : "The worst entry of each tensor"} ([row, column], counted from 0):`,
    ...entries.map((entry) => `  ${entry}`),
    "",
    verdict,
  ].join("\n");
}
