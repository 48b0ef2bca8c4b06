/** The page's second worker: what the lens computes, apart from training, so that neither waits for the other. */
import { expose } from "comlink";
import type { Parameters } from "../core/engine.ts";
import { BacklitError } from "../core/errors.ts";
import { resolveNetwork, type Network } from "../core/spec.ts";
import { tensorsToPrecision } from "../cpu/floats.ts";
import { bill } from "../lens/derivation/bill.ts";
import { traceImage, type ImageTrace, type Objective } from "../lens/image-trace.ts";
import { readModel } from "../model/model-file.ts";
import type { LensApi } from "./lens-api.ts";

class Lens implements LensApi {
  readonly bill = bill;
  #held: { network: Network; parameters: Parameters } | undefined;

  hold(model: Uint8Array): void {
    const { network, parameters } = readModel(model);
    this.#held = {
      network: resolveNetwork(network),
      parameters: tensorsToPrecision("float64", parameters),
    };
  }

  follow(pixels: Uint8Array, label: number | undefined, objective: Objective): ImageTrace {
    if (this.#held === undefined) {
      throw new BacklitError("model/none", "no model is held to follow an image through");
    }
    return traceImage(this.#held.network, this.#held.parameters, pixels, label, objective);
  }
}

expose(new Lens());
