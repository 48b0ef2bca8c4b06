/**
 * Holds a trained model and reads single images with it on the CPU: one image is little work, and the answer comes at once
 * whatever the GPU is busy with.
 */
import type { Parameters } from "../core/engine.ts";
import { pixelToInput } from "../core/dataset.ts";
import { BacklitError, ShapeError } from "../core/errors.ts";
import { resolveNetwork, type Network } from "../core/spec.ts";
import { inputGradient } from "../cpu/input-gradient.ts";
import { forwardPass } from "../cpu/pass.ts";
import { rowArgmax } from "../cpu/softmax.ts";
import { readModel } from "../model/model-file.ts";
import { parameterShapes } from "../model/parameters.ts";
import { summarizeTensor, type TensorSummary } from "../model/tensor-summary.ts";

/** What a model makes of one image. */
export interface Reading {
  /** `[classes]` */
  probabilities: Float32Array;
  /** `[classes]` */
  logits: Float32Array;
  /** The class of the largest logit. */
  label: number;
  /** The class that `relevance` is about. */
  about: number;
  /**
   * `[height * width]`: each input times the derivative of the logit by it. Above 0 the ink speaks for the class, below 0
   * against it.
   */
  relevance: Float32Array;
}

export class ModelReader {
  #held: { network: Network; parameters: Parameters } | undefined;

  /** @returns its tensors in numbers @throws FileFormatError; then the model held before stays */
  hold(model: Uint8Array): TensorSummary[] {
    const { network: spec, parameters } = readModel(model);
    const network = resolveNetwork(spec);
    this.#held = { network, parameters };
    return parameterShapes(network).map(({ name, shape }) => summarizeTensor(name, shape, parameters[name]));
  }

  /**
   * @param pixels `[height * width]` bytes
   * @param about the class to explain; the one that is read when left out
   * @throws ShapeError when the image or the class is none of the model's
   */
  read(pixels: Uint8Array, about?: number): Reading {
    if (!this.#held) throw new BacklitError("model/none", "no model is held to read with");
    const { network, parameters } = this.#held;
    if (pixels.length !== network.input) {
      throw new ShapeError(
        `read: the image has ${pixels.length} pixels, but the network takes ${network.input}`,
      );
    }
    if (about !== undefined && !(Number.isInteger(about) && about >= 0 && about < network.classes)) {
      throw new ShapeError(`read: there is no class ${about}; there are ${network.classes}`);
    }
    const inputs = Float32Array.from(pixels, pixelToInput);
    const forward = forwardPass(network, parameters, inputs);
    const label = rowArgmax(forward.logits, [1, network.classes])[0];
    const explained = about ?? label;
    const oneHot = new Float32Array(network.classes);
    oneHot[explained] = 1;
    const gradient = inputGradient(network, parameters, forward, oneHot);
    return {
      probabilities: Float32Array.from(forward.probabilities),
      logits: Float32Array.from(forward.logits),
      label,
      about: explained,
      relevance: inputs.map((value, i) => value * gradient[i]),
    };
  }
}
