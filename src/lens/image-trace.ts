/** One image through a trained network and back: every activation, and how loss or logit change with each, in float64. */
import { pixelToInput } from "../core/dataset.ts";
import type { FloatArray, Parameters } from "../core/engine.ts";
import { ShapeError } from "../core/errors.ts";
import type { Activation, Network } from "../core/spec.ts";
import { counted } from "../core/words.ts";
import { layerGradients } from "../cpu/input-gradient.ts";
import { forwardPass } from "../cpu/pass.ts";
import { crossEntropy, logSoftmax, rowArgmax, softmaxCrossEntropyGradient, targets } from "../cpu/softmax.ts";

/** What the gradients are of: the loss of the image's label, or the logit of a class. */
export type Objective = "loss" | number;

export interface TracedLayer {
  units: number;
  activation: Activation;
  /** `[units]` */
  activations: FloatArray;
  /** Of the objective by each activation, `[units]`. */
  gradients: FloatArray;
}

export interface ImageTrace {
  /** The hidden layers, from the image on. */
  layers: TracedLayer[];
  /** `[classes]` */
  logits: FloatArray;
  /** `[classes]` */
  probabilities: FloatArray;
  /** The class of the largest logit. */
  read: number;
  /** What it was taken for: the label that was given, or the class that was read. */
  label: number;
  /** Cross-entropy of the label, without smoothing. */
  loss: number;
  /** Of the objective by each logit, `[classes]`. */
  logitGradients: FloatArray;
  /** Of the objective by each input, `[height * width]`. */
  pixelGradients: FloatArray;
}

/**
 * @param parameters in float64
 * @param pixels `[height * width]` bytes
 * @param label what the image shows; the class that is read where that is not known
 * @throws ShapeError when the image, the label or the class is none of the network's
 */
export function traceImage(
  network: Network,
  parameters: Parameters,
  pixels: Uint8Array,
  label: number | undefined,
  objective: Objective,
): ImageTrace {
  const { input, classes } = network;
  if (pixels.length !== input) {
    throw new ShapeError(
      `traceImage: the image has ${counted(pixels.length, "pixel")}, but the network takes ${input}`,
    );
  }
  for (const each of [label, objective]) {
    if (each === undefined || each === "loss") continue;
    if (!(Number.isInteger(each) && each >= 0 && each < classes)) {
      throw new ShapeError(`traceImage: there is no class ${each}; there are ${classes}`);
    }
  }
  const head = [1, classes] as const;
  const forward = forwardPass(network, parameters, Float64Array.from(pixels, pixelToInput));
  const read = rowArgmax(forward.logits, head)[0];
  const truth = label ?? read;
  const target = targets("float64", [truth], classes, 0);
  const logitGradients =
    objective === "loss"
      ? softmaxCrossEntropyGradient(forward.probabilities, target, head)
      : targets("float64", [objective], classes, 0);
  const [pixelGradients, ...gradients] = layerGradients(network, parameters, forward, logitGradients);
  return {
    layers: gradients.map((ofLayer, index) => ({
      units: network.layers[index].units,
      activation: network.layers[index].activation,
      activations: forward.layers[index].a,
      gradients: ofLayer,
    })),
    logits: forward.logits,
    probabilities: forward.probabilities,
    read,
    label: truth,
    loss: crossEntropy(logSoftmax(forward.logits, head), target, head)[0],
    logitGradients,
    pixelGradients,
  };
}
