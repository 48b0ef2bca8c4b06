/** The short form: what is left of the long one when everything that is zero or cancels is left out. It is what trains. */
import {
  ALONE,
  CLASSES,
  dot,
  gradientOf,
  inputOf,
  named,
  notation,
  ofLayer,
  SAMPLES,
  targetId,
  transposeOf,
  unitsOf,
} from "./notation.ts";
import type { MatrixPlan, OutlineOptions, Section, Stage } from "./types.ts";

export function shortFormStage(options: OutlineOptions): Stage<MatrixPlan> {
  const layers = options.network.layers.map((_, index) => layerSection(options, index)).toReversed();
  return {
    name: "short",
    title: "Backward, the short form",
    text:
      "The same numbers without the zeros. Loss and softmax cancel to P - Y, the Kronecker product to one product per layer, " +
      "the diagonal matrix to an entry-by-entry product; and the whole batch goes through at once.",
    sections: [headSection(options), ...layers],
  };
}

function headSection({ network, rows, labelSmoothing }: OutlineOptions): Section<MatrixPlan> {
  const wanted = targetId(labelSmoothing);
  const dZ = gradientOf(ofLayer("Z", network.layers.length));
  const shape = [rows, network.classes] as const;
  const axes = [SAMPLES, CLASSES] as const;
  return {
    title: "From the loss to the logits",
    text: "",
    matrices: [
      {
        id: "E",
        symbol: notation("E", "E"),
        formula: notation(`P - ${wanted}`, `P - ${wanted}`),
        shape,
        axes,
        meaning: "The error: what the network holds of each class, less what it should.",
        operation: { kind: "difference", of: ["P", wanted] },
      },
      {
        id: dZ.text,
        symbol: dZ,
        formula: notation(`E / ${rows}`, `E / ${rows}`),
        shape,
        axes,
        meaning: "The delta of the logits: the error, shared out over the samples of the batch.",
        operation: { kind: "quotient", of: ["E"], divisor: rows },
      },
    ],
  };
}

function layerSection({ network, rows }: OutlineOptions, index: number): Section<MatrixPlan> {
  const count = network.layers.length;
  const { inputs, units } = network.layers[index];
  const layer = index + 1;
  const own = unitsOf(layer, count);
  const [x, weight, bias] = [inputOf(layer), ofLayer("W", layer), ofLayer("b", layer)];
  const dZ = gradientOf(ofLayer("Z", layer));
  const matrices: MatrixPlan[] = [
    {
      id: gradientOf(weight).text,
      symbol: gradientOf(weight),
      formula: dot(transposeOf(x), dZ),
      shape: [inputs, units],
      axes: [unitsOf(index, count), own],
      meaning: "The gradient of the weights: inputs times deltas, summed over the batch.",
      operation: { kind: "productTransposedA", of: [x.text, dZ.text] },
    },
    {
      id: gradientOf(bias).text,
      symbol: gradientOf(bias),
      formula: notation(`\\textstyle\\sum_s ${dZ.latex}`, `column sums of ${dZ.text}`),
      shape: [1, units],
      axes: [ALONE, own],
      meaning: "The gradient of the biases: the deltas, summed over the batch.",
      operation: { kind: "columnSums", of: [dZ.text] },
    },
  ];
  if (layer > 1) {
    const { activation } = network.layers[index - 1];
    const [zBelow, aBelow, slope] = [ofLayer("Z", index), ofLayer("A", index), ofLayer("S", index)];
    const [dA, dZBelow] = [gradientOf(aBelow), gradientOf(zBelow)];
    const f = named(activation);
    const shape = [rows, inputs] as const;
    const axes = [SAMPLES, unitsOf(index, count)] as const;
    matrices.push(
      {
        id: dA.text,
        symbol: dA,
        formula: dot(dZ, transposeOf(weight)),
        shape,
        axes,
        meaning: "The deltas, carried back through the weights.",
        operation: { kind: "productTransposedB", of: [dZ.text, weight.text] },
      },
      {
        id: slope.text,
        symbol: slope,
        formula: notation(`${f.latex}'(${zBelow.latex})`, `${f.text}'(${zBelow.text})`),
        shape,
        axes,
        meaning:
          activation === "relu"
            ? "The mask: 1 where the unit was active, 0 where it was not."
            : "The slope of the activation at each sum.",
        operation: { kind: "slope", of: [zBelow.text], activation },
      },
      {
        id: dZBelow.text,
        symbol: dZBelow,
        formula: notation(`${dA.latex} \\odot ${slope.latex}`, `${dA.text} * ${slope.text}`),
        shape,
        axes,
        meaning: "The delta of the layer below: what came back, times the slope, entry by entry.",
        operation: { kind: "times", of: [dA.text, slope.text] },
      },
    );
  }
  return { title: `Layer ${layer}`, text: "", matrices };
}
