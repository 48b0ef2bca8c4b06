/**
 * What a derivation will contain, worked out from the shapes alone: every matrix of every stage with its name, shape and
 * formula, but without values. So the cost of the long form can be told without paying it.
 */
import { longFormStage } from "./long-form.ts";
import {
  ALONE,
  CLASSES,
  dot,
  figure,
  inputOf,
  named,
  notation,
  ofLayer,
  SAMPLES,
  targetId,
  unitsOf,
  updated,
} from "./notation.ts";
import { shortFormStage } from "./short-form.ts";
import type { MatrixPlan, OutlineOptions, Section, Stage } from "./types.ts";

/** The stages in order. */
export function outline(options: OutlineOptions): Stage<MatrixPlan>[] {
  return [
    forwardStage(options),
    lossStage(options),
    ...(options.longForm ? [longFormStage(options)] : []),
    shortFormStage(options),
    updateStage(options),
  ];
}

function forwardStage({ network, rows }: OutlineOptions): Stage<MatrixPlan> {
  const count = network.layers.length;
  const sections = network.layers.map(({ inputs, units, activation }, index): Section<MatrixPlan> => {
    const layer = index + 1;
    const isOutput = layer === count;
    const [x, weight, bias, z] = [
      inputOf(layer),
      ofLayer("W", layer),
      ofLayer("b", layer),
      ofLayer("Z", layer),
    ];
    const own = unitsOf(layer, count);
    const matrices: MatrixPlan[] = [
      {
        id: weight.text,
        symbol: weight,
        shape: [inputs, units],
        axes: [unitsOf(index, count), own],
        meaning: "The weights: one row for each input of the layer, one column for each of its units.",
        operation: { kind: "given", source: `layers.${index}.weight` },
      },
      {
        id: bias.text,
        symbol: bias,
        shape: [1, units],
        axes: [ALONE, own],
        meaning: "The biases: one for each unit, added to every sample.",
        operation: { kind: "given", source: `layers.${index}.bias` },
      },
      {
        id: z.text,
        symbol: z,
        formula: notation(`${dot(x, weight).latex} + ${bias.latex}`, `${dot(x, weight).text} + ${bias.text}`),
        shape: [rows, units],
        axes: [SAMPLES, own],
        meaning: isOutput
          ? "The logits: what the network holds of each class, before it becomes a probability."
          : "The sums that arrive at the units, before the activation.",
        operation: { kind: "dense", of: [x.text, weight.text, bias.text] },
      },
    ];
    if (layer === 1) {
      matrices.unshift({
        id: "X",
        symbol: notation("X", "X"),
        shape: [rows, inputs],
        axes: [SAMPLES, unitsOf(0, count)],
        meaning: "The batch: one sample in each row.",
        operation: { kind: "given", source: "inputs" },
      });
    }
    if (!isOutput) {
      const [a, f] = [ofLayer("A", layer), named(activation)];
      matrices.push({
        id: a.text,
        symbol: a,
        formula: notation(`${f.latex}(${z.latex})`, `${f.text}(${z.text})`),
        shape: [rows, units],
        axes: [SAMPLES, own],
        meaning: "The activations: what the units pass on to the next layer.",
        operation: { kind: "activation", of: [z.text], activation },
      });
    }
    const title = isOutput ? `Layer ${layer}, the output` : `Layer ${layer}, ${activation}`;
    return { title, text: "", matrices };
  });
  return {
    name: "forward",
    title: "Forward",
    text: "Each layer multiplies what comes in by its weights and adds its biases; between layers, an activation bends the result.",
    sections,
  };
}

function lossStage({ network, rows, labelSmoothing }: OutlineOptions): Stage<MatrixPlan> {
  const count = network.layers.length;
  const { classes } = network;
  const z = ofLayer("Z", count);
  const wanted = targetId(labelSmoothing);
  const t = notation(`${wanted.toLowerCase()}_c`, wanted.toLowerCase());
  const shape = [rows, classes] as const;
  const axes = [SAMPLES, CLASSES] as const;
  const matrices: MatrixPlan[] = [
    {
      id: "P",
      symbol: notation("P", "P"),
      formula: notation(`\\mathrm{softmax}(${z.latex})`, `softmax(${z.text})`),
      shape,
      axes,
      meaning: "The probabilities: each row of logits through exp, divided by the row's sum.",
      operation: { kind: "softmax", of: [z.text] },
    },
    {
      id: "Y",
      symbol: notation("Y", "Y"),
      shape,
      axes,
      meaning: "The labels: 1 for the class that the sample is, 0 for every other.",
      operation: { kind: "given", source: "labels" },
    },
  ];
  if (labelSmoothing > 0) {
    const [e, share] = [figure(labelSmoothing), `${figure(labelSmoothing)}/${classes}`];
    matrices.push({
      id: "T",
      symbol: notation("T", "T"),
      formula: notation(`(1 - ${e})\\, Y + ${share}`, `(1 - ${e}) Y + ${share}`),
      shape,
      axes,
      meaning: "The smoothed targets: a little of each label's weight is spread over all classes.",
      operation: { kind: "smoothing", of: ["Y"], smoothing: labelSmoothing },
    });
  }
  matrices.push(
    {
      id: "l",
      symbol: notation("\\ell", "l"),
      formula: notation(`-\\sum_c ${t.latex} \\log p_c`, `-sum(${t.text} log p)`),
      shape: [rows, 1],
      axes: [SAMPLES, ALONE],
      meaning:
        "The cross-entropy of each sample: how surprised the network is by the label. log p is z - log(sum(exp z)), finite also where p rounds to 0.",
      operation: { kind: "crossEntropy", of: [z.text, wanted] },
    },
    {
      id: "L",
      symbol: notation("L", "L"),
      formula: notation(`\\mathrm{mean}(\\ell)`, "mean(l)"),
      shape: [1, 1],
      axes: [ALONE, ALONE],
      meaning: "The loss of the batch: the one number that the step makes smaller.",
      operation: { kind: "mean", of: ["l"] },
    },
  );
  return {
    name: "loss",
    title: "Loss",
    text: "The softmax turns logits into probabilities, and the cross-entropy tells how far these are from the labels.",
    sections: [{ title: "Softmax and cross-entropy", text: "", matrices }],
  };
}

function updateStage({ network, learningRate }: OutlineOptions): Stage<MatrixPlan> {
  const count = network.layers.length;
  const rate = figure(learningRate);
  const sections = network.layers.map(({ inputs, units }, index): Section<MatrixPlan> => {
    const layer = index + 1;
    const after = (letter: "W" | "b", shape: readonly [number, number], meaning: string): MatrixPlan => {
      const before = ofLayer(letter, layer);
      return {
        id: updated(before).text,
        symbol: updated(before),
        formula: notation(
          `${before.latex} - ${rate}\\, \\mathrm{d}${before.latex}`,
          `${before.text} - ${rate} d${before.text}`,
        ),
        shape,
        axes: [letter === "b" ? ALONE : unitsOf(index, count), unitsOf(layer, count)],
        meaning,
        operation: { kind: "descent", of: [before.text, `d${before.text}`], rate: learningRate },
      };
    };
    return {
      title: `Layer ${layer}`,
      text: "",
      matrices: [
        after("W", [inputs, units], "The new weights: each one a little further down the slope."),
        after("b", [1, units], "The new biases."),
      ],
    };
  });
  return {
    name: "update",
    title: "Update",
    text: `Plain gradient descent: every parameter moves against its gradient, ${rate} times as far as the gradient says.`,
    sections,
  };
}
