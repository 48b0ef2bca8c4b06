/**
 * The long form: one sample at a time, every factor of the chain rule as the explicit matrix it is, multiplied from the
 * loss down to the parameters; then the mean over the batch.
 */
import type { Layer } from "../../core/spec.ts";
import {
  ALONE,
  CLASSES,
  derivative,
  dot,
  inputOf,
  named,
  notation,
  ofLayer,
  rowOf,
  targetId,
  transposeOf,
  unitsOf,
} from "./notation.ts";
import type { Axis, MatrixPlan, Notation, Operation, OutlineOptions, Section, Stage } from "./types.ts";

export function longFormStage(options: OutlineOptions): Stage<MatrixPlan> {
  const { rows } = options;
  const samples = Array.from({ length: rows }, (_, sample) => sampleSections(options, sample));
  return {
    name: "long",
    title: "Backward, the long form",
    text:
      "Nothing but the chain rule. Row i, column j of a matrix dy/dx says how fast entry i of y changes with entry j of x. " +
      "Multiplied in order, from the loss down, these matrices give the derivative of the loss by every parameter.",
    sections: [sharedSection(options), ...samples.flat(), meanSection(options)],
  };
}

/** The loss of one sample. */
function lossOf(sample: number): Notation {
  return rowOf(notation("\\ell", "l"), sample + 1);
}

/** A vector of a layer in a shared factor: z2, not z2 of a sample. */
function vector(letter: string, layer: number): Notation {
  return layer === 0 ? notation("x", "x") : ofLayer(letter, layer);
}

/** Entries of a layer's weights, laid out row by row. @param rows the axis of the layer's inputs */
function entriesOf(weight: Notation, units: number, rows: Axis): Axis {
  return { name: `entry of ${weight.text}`, columns: units, rows };
}

function inputJacobianOf(layer: number): Notation {
  return derivative(vector("z", layer), vector("a", layer - 1));
}

function biasJacobianOf(layer: number): Notation {
  return derivative(vector("z", layer), ofLayer("b", layer));
}

function sharedSection({ network }: OutlineOptions): Section<MatrixPlan> {
  const count = network.layers.length;
  const matrices = network.layers.toReversed().flatMap(({ inputs, units }, back): MatrixPlan[] => {
    const layer = count - back;
    const own = unitsOf(layer, count);
    const weight = ofLayer("W", layer);
    const identity = notation(`I_{${units}}`, `I${units}`);
    const byBias: MatrixPlan = {
      id: biasJacobianOf(layer).text,
      symbol: biasJacobianOf(layer),
      formula: identity,
      shape: [units, units],
      axes: [own, own],
      meaning: "A bias reaches its own unit alone, as it is: the identity.",
      operation: { kind: "biasJacobian", of: [] },
    };
    if (layer === 1) return [byBias];
    const byInput: MatrixPlan = {
      id: inputJacobianOf(layer).text,
      symbol: inputJacobianOf(layer),
      formula: transposeOf(weight),
      shape: [units, inputs],
      axes: [own, unitsOf(layer - 1, count)],
      meaning:
        "An input reaches a unit through the weight between them: the weights, with rows and columns exchanged.",
      operation: { kind: "inputJacobian", of: [weight.text] },
    };
    return [byInput, byBias];
  });
  return {
    title: "The same for every sample",
    text: "A dense layer is linear, so its derivatives by its input and by its biases do not depend on the sample.",
    matrices,
  };
}

function sampleSections(options: OutlineOptions, sample: number): Section<MatrixPlan>[] {
  const { layers } = options.network;
  const descending = layers.map((layer, index) => ({ layer, index })).toReversed();
  return [
    headSection(options, sample),
    ...descending.map(({ layer, index }) => ({
      title: `Sample ${sample + 1}, layer ${index + 1}`,
      text: "",
      matrices: layerMatrices(options, sample, index, layer),
    })),
  ];
}

function headSection({ network, labelSmoothing }: OutlineOptions, sample: number): Section<MatrixPlan> {
  const count = network.layers.length;
  const { classes } = network;
  const loss = lossOf(sample);
  const p = rowOf(notation("p", "p"), sample + 1);
  const z = vector("z", count);
  const wanted = targetId(labelSmoothing);
  const t = rowOf(notation(wanted, wanted), sample + 1);
  const [byP, softmax, byZ] = [derivative(loss, notation("p", "p")), derivative(p, z), derivative(loss, z)];
  return {
    title: `Sample ${sample + 1}, from the loss to the logits`,
    text: "",
    matrices: [
      {
        id: byP.text,
        symbol: byP,
        formula: notation(`-\\,${t.latex} / ${p.latex}`, `-${t.text} / ${p.text}`),
        shape: [1, classes],
        axes: [ALONE, CLASSES],
        meaning:
          "The less probable the right class, the more the loss gains from raising it; divided entry by entry.",
        operation: { kind: "lossByProbability", of: ["P", wanted], sample },
      },
      {
        id: softmax.text,
        symbol: softmax,
        formula: notation(
          `\\mathrm{diag}(${p.latex}) - {${p.latex}}^{\\top} ${p.latex}`,
          `diag(${p.text}) - ${transposeOf(p).text}.${p.text}`,
        ),
        shape: [classes, classes],
        axes: [CLASSES, CLASSES],
        meaning: "The Jacobian of the softmax: a logit raises its own probability and takes from all others.",
        operation: { kind: "softmaxJacobian", of: ["P"], sample },
      },
      productOf(byZ, byP, softmax, [1, classes], [ALONE, CLASSES], "How the loss changes with each logit."),
    ],
  };
}

/** A product of two matrices that have been named before. */
function productOf(
  symbol: Notation,
  a: Notation,
  b: Notation,
  shape: readonly [number, number],
  axes: readonly [Axis, Axis],
  meaning: string,
): MatrixPlan {
  const operation: Operation = { kind: "product", of: [a.text, b.text] };
  return { id: symbol.text, symbol, formula: dot(a, b), shape, axes, meaning, operation };
}

function layerMatrices(
  { network }: OutlineOptions,
  sample: number,
  index: number,
  { inputs, units }: Layer,
): MatrixPlan[] {
  const count = network.layers.length;
  const layer = index + 1;
  const own = unitsOf(layer, count);
  const loss = lossOf(sample);
  const [weight, bias, z] = [ofLayer("W", layer), ofLayer("b", layer), vector("z", layer)];
  const x = rowOf(inputOf(layer), sample + 1);
  const byZ = derivative(loss, z);
  const weightJacobian = derivative(rowOf(z, sample + 1), weight);
  const entries = entriesOf(weight, units, unitsOf(layer - 1, count));
  const matrices: MatrixPlan[] = [
    {
      id: weightJacobian.text,
      symbol: weightJacobian,
      formula: notation(`${x.latex} \\otimes I_{${units}}`, `${x.text} kron I${units}`),
      shape: [units, inputs * units],
      axes: [own, entries],
      meaning:
        "A weight reaches one unit alone, multiplied by its input: the Kronecker product of the inputs and the identity, nearly all zeros.",
      operation: { kind: "weightJacobian", of: [inputOf(layer).text], sample },
    },
    productOf(
      derivative(loss, weight),
      byZ,
      weightJacobian,
      [1, inputs * units],
      [ALONE, entries],
      "The sample's gradient by every weight, the rows of the weight matrix one after another.",
    ),
    productOf(
      derivative(loss, bias),
      byZ,
      biasJacobianOf(layer),
      [1, units],
      [ALONE, own],
      "The sample's gradient by every bias.",
    ),
  ];
  return layer === 1
    ? matrices
    : [...matrices, ...downwards(network.layers[index - 1], count, sample, layer)];
}

/** From the sums of a layer down to those of the layer below. */
function downwards(below: Layer, count: number, sample: number, layer: number): MatrixPlan[] {
  const { units, activation } = below;
  const loss = lossOf(sample);
  const [a, z] = [vector("a", layer - 1), vector("z", layer - 1)];
  const axis = unitsOf(layer - 1, count);
  const zOfSample = rowOf(z, sample + 1);
  const jacobian = derivative(rowOf(a, sample + 1), z);
  const slope = named(activation);
  return [
    productOf(
      derivative(loss, a),
      derivative(loss, vector("z", layer)),
      inputJacobianOf(layer),
      [1, units],
      [ALONE, axis],
      "How the loss changes with each activation of the layer below: the sum over everything that it feeds.",
    ),
    {
      id: jacobian.text,
      symbol: jacobian,
      formula: notation(
        `\\mathrm{diag}\\bigl(${slope.latex}'(${zOfSample.latex})\\bigr)`,
        `diag(${slope.text}'(${zOfSample.text}))`,
      ),
      shape: [units, units],
      axes: [axis, axis],
      meaning: "The Jacobian of the activation: each unit has only its own slope, on the diagonal.",
      operation: { kind: "activationJacobian", of: [ofLayer("Z", layer - 1).text], activation, sample },
    },
    productOf(
      derivative(loss, z),
      derivative(loss, a),
      jacobian,
      [1, units],
      [ALONE, axis],
      "How the loss changes with each sum of the layer below.",
    ),
  ];
}

function meanSection({ network, rows }: OutlineOptions): Section<MatrixPlan> {
  const count = network.layers.length;
  const matrices = network.layers.flatMap(({ inputs, units }, index): MatrixPlan[] => {
    const layer = index + 1;
    const gradient = (
      letter: "W" | "b",
      shape: readonly [number, number],
      rowAxis: Axis,
      meaning: string,
    ): MatrixPlan => {
      const parameter = ofLayer(letter, layer);
      const symbol = derivative(notation("L", "L"), parameter);
      const of = Array.from({ length: rows }, (_, sample) => derivative(lossOf(sample), parameter).text);
      const oneSample = derivative(notation("\\ell^{(s)}", "l(s)"), parameter);
      return {
        id: symbol.text,
        symbol,
        formula: notation(
          `\\frac{1}{${rows}} \\sum_{s=1}^{${rows}} ${oneSample.latex}`,
          `sum(${oneSample.text}, s = 1..${rows}) / ${rows}`,
        ),
        shape,
        axes: [rowAxis, unitsOf(layer, count)],
        meaning,
        operation: { kind: "meanOfSamples", of },
      };
    };
    return [
      gradient(
        "W",
        [inputs, units],
        unitsOf(index, count),
        "The gradient of the weights, back in the shape of the weights.",
      ),
      gradient("b", [1, units], ALONE, "The gradient of the biases."),
    ];
  });
  return {
    title: "The mean over the batch",
    text: "The loss of the batch is the mean of its samples' losses, so its gradient is the mean of theirs.",
    matrices,
  };
}
