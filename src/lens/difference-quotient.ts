/**
 * The derivative of the loss by its definition, in float64, and how far the number may be from it.
 *
 * Central differences (L(w + h) - L(w - h)) / 2h have an error that is a series in h^2. From the quotients at h, h / 2 and
 * h / 4, Romberg's extrapolation removes its first two terms; what the second removal changed says how large an error the
 * first had left. So h can be large, which keeps the other error small: L is rounded, and the rounding is divided by h.
 */
import type { FloatArray, Parameters } from "../core/engine.ts";
import type { Network } from "../core/spec.ts";
import { forwardPass, type ForwardPass } from "../cpu/pass.ts";
import { crossEntropy, logSoftmax, mean } from "../cpu/softmax.ts";

export interface Quotient {
  value: number;
  /** How far from the derivative rounding and the size of h may have put it; 0 where the entry cannot change the loss. */
  uncertainty: number;
}

/** Weights of the quotients at h, h / 2 and h / 4 in the extrapolated one. */
const ROMBERG = [1 / 45, -20 / 45, 64 / 45] as const;
/** Where a kink lies within h, another try is made with h / 32: fewer lie within that, and rounding counts for more. */
const SMALLER = 32;
/** The unit roundoff of float64. */
const ROUNDOFF = 2 ** -53;
/** How many standard deviations of its rounding a quotient is granted. */
const DEVIATIONS = 4;

/**
 * @param parameters in float64; an entry is changed while its quotient is computed, and put back
 * @param forward of these parameters and the batch
 * @param first layer whose tensors the entries are of. What lies below is not affected by them, so passes begin there
 * @param target `[rows, classes]`, what the probabilities should be
 * @returns the quotient of an entry of the tensor of that name, or undefined where a kink lies too near
 */
export function quotientsOf(
  network: Network,
  parameters: Parameters,
  forward: ForwardPass,
  first: number,
  target: FloatArray,
): (name: string, entry: number, step: number) => Quotient | undefined {
  const layers = network.layers.slice(first);
  const above: Network = { input: layers[0].inputs, layers, classes: network.classes };
  const own: Parameters = {};
  layers.forEach((_, index) => {
    for (const kind of ["weight", "bias"]) {
      own[`layers.${index}.${kind}`] = parameters[`layers.${first + index}.${kind}`];
    }
  });
  const { input } = forward.layers[first];
  const passes = { ...forward, layers: forward.layers.slice(first) };
  const deviation = lossDeviation(above, own, passes, target);

  const central = (values: FloatArray, entry: number, step: number): number | undefined => {
    const before = values[entry];
    const at = (w: number): ForwardPass => {
      values[entry] = w;
      return forwardPass(above, own, input);
    };
    const [high, low] = [before + step, before - step];
    const [up, down] = [at(high), at(low)];
    values[entry] = before;
    if (crossesKink(above, up, down)) return undefined;
    return (lossOf(above, up, target) - lossOf(above, down, target)) / (high - low);
  };

  return (name, entry, step) => {
    const values = parameters[name];
    const { units, inputs } = layers[0];
    const isWeight = values === own["layers.0.weight"];
    const cutOff = !reachesLoss(
      passes,
      entry % units,
      isWeight ? Math.floor(entry / units) : undefined,
      inputs,
    );
    for (const h of [step, step / SMALLER]) {
      // The largest first: what it moves past no kink, the others do not either.
      const whole = central(values, entry, h);
      if (whole === undefined) continue;
      const half = central(values, entry, h / 2);
      const quarter = central(values, entry, h / 4);
      if (half === undefined || quarter === undefined) continue;
      const value = ROMBERG[0] * whole + ROMBERG[1] * half + ROMBERG[2] * quarter;
      const truncation = Math.abs(value - (4 * quarter - half) / 3);
      // Each quotient is a difference of two losses, over 2h, 2h / 2 and 2h / 4.
      const spread = Math.hypot(ROMBERG[0], 2 * ROMBERG[1], 4 * ROMBERG[2]);
      const rounding = (DEVIATIONS * deviation * Math.SQRT2 * spread) / (2 * h);
      return { value, uncertainty: cutOff ? 0 : rounding + truncation };
    }
    return undefined;
  };
}

function lossOf(
  { classes }: Network,
  { rows, logits }: Pick<ForwardPass, "rows" | "logits">,
  target: FloatArray,
): number {
  const shape = [rows, classes] as const;
  return mean(crossEntropy(logSoftmax(logits, shape), target, shape));
}

/**
 * Standard deviation of the loss's rounding: every operation is off by up to ROUNDOFF of its result, independently of the
 * others, and what it is off by is carried on by the derivatives of what follows.
 */
function lossDeviation(
  network: Network,
  parameters: Parameters,
  { rows, layers, logits, probabilities }: ForwardPass,
  target: FloatArray,
): number {
  let variances = new Float64Array(layers[0].input.length);
  layers.forEach(({ input, z, slope, a }, index) => {
    const { inputs, units } = network.layers[index];
    const weight = parameters[`layers.${index}.weight`];
    const next = new Float64Array(rows * units);
    for (let row = 0; row < rows; row++) {
      const sums = new Float64Array(units);
      for (let i = 0; i < inputs; i++) {
        const [x, variance] = [input[row * inputs + i], variances[row * inputs + i]];
        for (let j = 0; j < units; j++) {
          const w = weight[i * units + j];
          sums[j] += x * w;
          // The product is rounded, then the sum so far.
          next[row * units + j] += ROUNDOFF ** 2 * ((x * w) ** 2 + sums[j] ** 2) + w * w * variance;
        }
      }
      for (let j = 0; j < units; j++) {
        const at = row * units + j;
        next[at] += (ROUNDOFF * z[at]) ** 2;
        // The output layer has no activation of its own.
        if (index === layers.length - 1) continue;
        // An exponential, a sum and a quotient: each rounds.
        next[at] = slope[at] ** 2 * next[at] + 4 * (ROUNDOFF * a[at]) ** 2;
      }
    }
    variances = next;
  });
  const { classes } = network;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    const largest = Math.max(...own);
    own.forEach((logit, c) => {
      const at = row * classes + c;
      total += (probabilities[at] - target[at]) ** 2 * variances[at];
      // What the cross-entropy adds up: its terms, each with a subtraction, a logarithm and a product.
      const term = target[at] * (Math.abs(logit - largest) + Math.log(classes));
      total += 4 * (ROUNDOFF * term) ** 2;
    });
  }
  const loss = lossOf(network, { rows, logits }, target);
  return Math.hypot(Math.sqrt(total) / rows, 2 * ROUNDOFF * loss);
}

/**
 * Whether an entry can change the loss at all, by the slopes and inputs that are exactly 0.
 * @param unit of the first layer @param source of the weight's input; a bias has none
 */
function reachesLoss(
  { rows, layers }: ForwardPass,
  unit: number,
  source: number | undefined,
  inputs: number,
): boolean {
  const widths = layers.map(({ z }) => z.length / rows);
  for (let row = 0; row < rows; row++) {
    if (source !== undefined && layers[0].input[row * inputs + source] === 0) continue;
    if (layers[0].slope[row * widths[0] + unit] === 0) continue;
    const open = layers
      .slice(1)
      .every(({ slope }, index) =>
        slope
          .subarray(row * widths[index + 1], (row + 1) * widths[index + 1])
          .some((each: number) => each !== 0),
      );
    if (open) return true;
  }
  return false;
}

function crossesKink(network: Network, up: ForwardPass, down: ForwardPass): boolean {
  return network.layers.some(({ activation }, index) => {
    if (activation !== "relu" && activation !== "leaky-relu") return false;
    const [a, b] = [up.layers[index].z, down.layers[index].z];
    return a.some((z: number, i: number) => {
      const moved = Math.abs(z - b[i]);
      if (moved === 0) return false;
      return z > 0 !== b[i] > 0 || Math.min(Math.abs(z), Math.abs(b[i])) <= moved;
    });
  });
}
