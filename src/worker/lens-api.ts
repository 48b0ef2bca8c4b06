/** What the page asks its second worker, which computes what is too long for the page and nothing to do with a run. */
import type { BillRow } from "../lens/derivation/bill.ts";
import type { ImageTrace, Objective } from "../lens/image-trace.ts";

export interface LensApi {
  /** The bill, measured where the long form takes at most so many bytes in float32. Seconds of work. */
  bill(mostBytes: number): BillRow[];
  /** Holds `model.safetensors` for the images to come. @throws FileFormatError; then the model held before stays */
  hold(model: Uint8Array): void;
  /**
   * Follows an image through the model that is held, and the gradient of the objective back.
   * @param pixels `[height * width]` bytes
   * @param label what the image shows; the class that is read where that is not known
   * @throws BacklitError `model/none` when no model is held; ShapeError when the image or a class is none of the model's
   */
  follow(pixels: Uint8Array, label: number | undefined, objective: Objective): ImageTrace;
}
