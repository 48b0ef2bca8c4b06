/** How far softmax, cross-entropy and the output delta of a float32 head may be off, row by row. */
import { depths, DIVISION, exponentialError, gamma, SMALLEST, UNIT, type Bounded } from "./rounding.ts";

export interface HeadErrors {
  /** `[rows * classes]` */
  probabilities: Float64Array;
  /** `[rows * classes]` of (p - t) / rows */
  deltas: Float64Array;
  /** `[rows]` */
  losses: Float64Array;
  /** Of the mean loss, summed in order. */
  loss: number;
  /** `[rows]` whether the errors of the logits leave it open which class is the largest, or where the true one ranks. */
  openRows: Uint8Array;
}

/** What the reference has computed. */
export interface HeadValues {
  logits: Bounded;
  probabilities: ArrayLike<number>;
  /** `[rows]` */
  losses: ArrayLike<number>;
  labels: ArrayLike<number>;
  classes: number;
  smoothing: number;
}

export function headErrors(head: HeadValues): HeadErrors {
  const { classes, labels, smoothing, losses } = head;
  const rows = labels.length;
  const result: HeadErrors = {
    probabilities: new Float64Array(rows * classes),
    deltas: new Float64Array(rows * classes),
    losses: new Float64Array(rows),
    loss: 0,
    openRows: new Uint8Array(rows),
  };
  for (let row = 0; row < rows; row++) {
    rowErrors(head, row, result);
    for (let i = row * classes; i < (row + 1) * classes; i++) {
      const isTruth = i - row * classes === labels[row] ? 1 : 0;
      const target = (1 - smoothing) * isTruth + smoothing / classes;
      const difference = Math.abs(head.probabilities[i] - target);
      const carried = result.probabilities[i] + 6 * UNIT * target * (smoothing > 0 ? 1 : 0);
      result.deltas[i] = (carried + 4 * UNIT * (difference + carried)) / rows + SMALLEST;
    }
    const sumRounding = gamma(rows + 2) * (Math.abs(losses[row]) + result.losses[row]);
    result.loss += (result.losses[row] + sumRounding) / rows;
  }
  return result;
}

function rowErrors(head: HeadValues, row: number, result: HeadErrors): void {
  const { classes, labels, smoothing, probabilities } = head;
  const start = row * classes;
  const z = Float64Array.from(head.logits.values.subarray(start, start + classes));
  const ez = head.logits.errors.subarray(start, start + classes);
  const largest = z.reduce((most, value) => Math.max(most, value), -Infinity);
  const worst = ez.reduce((most, value) => Math.max(most, value), 0);
  // z - largest as it is computed: off by both logits' errors and a rounding
  const shifted = (c: number): number => Math.abs(z[c] - largest) + ez[c] + worst;
  // Relative error of exp(z - largest) given the computed logits.
  const term = (c: number): number => exponentialError(shifted(c)) + UNIT * shifted(c);

  let sum = 0;
  let sumError = gamma(depths.inputGradient(classes));
  for (let c = 0; c < classes; c++) {
    sum += Math.exp(z[c] - largest);
    sumError += probabilities[start + c] * term(c) + SMALLEST;
  }
  let loss = 0;
  for (let c = 0; c < classes; c++) {
    const p = probabilities[start + c];
    const relative = 1.01 * (ez[c] + worst + term(c) + sumError + DIVISION);
    result.probabilities[start + c] = p * Math.expm1(Math.min(700, relative)) + 2 * SMALLEST;
    // What the logits' errors do to the loss: its gradient is p - t.
    const target = (c === labels[row] ? 1 - smoothing : 0) + smoothing / classes;
    loss += (Math.abs(p - target) + result.probabilities[start + c]) * ez[c];
  }
  // The three terms of the loss as shaders/head.wgsl adds them up.
  const logSum = Math.log(sum);
  const own = (1 - smoothing) * shifted(labels[row]);
  let uniform = 0;
  for (let c = 0; c < classes; c++) uniform += (smoothing / classes) * shifted(c);
  loss += 1.01 * sumError + Math.max(2 ** -21, 3 * UNIT * logSum);
  loss += gamma(4) * own + gamma(depths.inputGradient(classes) + 4) * uniform;
  loss += 2 * UNIT * (logSum + own + uniform);
  result.losses[row] = loss;
  result.openRows[row] = isOpen(z, ez, labels[row]) ? 1 : 0;
}

/** Whether two logits that decide the prediction or the rank of the truth are closer than their errors. */
function isOpen(z: ArrayLike<number>, ez: ArrayLike<number>, label: number): boolean {
  let best = 0;
  for (let c = 1; c < z.length; c++) if (z[c] > z[best]) best = c;
  for (let c = 0; c < z.length; c++) {
    for (const other of [best, label]) {
      // Without any error even a tie is decided, by the order of the classes.
      if (c !== other && ez[c] + ez[other] > 0 && Math.abs(z[c] - z[other]) <= ez[c] + ez[other]) return true;
    }
  }
  return false;
}
