/** How the pixels of a split lie on the device: in one buffer, or in several where one exceeds the binding limit. */
import { LimitError } from "../core/errors.ts";
import type { Network } from "../core/spec.ts";
import { imageWords } from "./layout.ts";
import { gatherJob, type JobContext } from "./plan-jobs.ts";
import type { BufferPlan, ImagesPlan, JobDraft, PlanLimits } from "./plan-types.ts";

/** Cuts a split into parts that fit a binding. @throws LimitError when a single row does not. */
export function planImages(network: Network, rows: number, limits: PlanLimits): ImagesPlan {
  const words = imageWords(network.input);
  const most = Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / (4 * words));
  if (most < 1) {
    throw new LimitError(
      "maxStorageBufferBindingSize",
      4 * words,
      limits.maxStorageBufferBindingSize,
      "one input row",
    );
  }
  const parts: ImagesPlan["parts"] = [];
  for (let first = 0; first < rows; first += most) parts.push({ first, rows: Math.min(most, rows - first) });
  return { parts, words };
}

/** Where a split lies in several parts, the rows of a batch are copied into `images` first. */
export function gatheredBatch(images: ImagesPlan, rows: number): BufferPlan[] {
  if (images.parts.length === 1) return [];
  return [{ name: "images", bytes: 4 * images.words * rows, purpose: "pixels of the batch" }];
}

/** The names and sizes of a split's image buffers. */
export function imageBuffers(images: ImagesPlan): BufferPlan[] {
  const bytes = (rows: number): number => 4 * images.words * rows;
  if (images.parts.length === 1) {
    return [{ name: "images", bytes: bytes(images.parts[0].rows), purpose: "pixels of the split" }];
  }
  return images.parts.map((part, index) => ({
    name: `imagesPart${index}`,
    bytes: bytes(part.rows),
    purpose: `pixels of rows ${part.first} to ${part.first + part.rows - 1}`,
  }));
}

/** The dispatches that copy a batch together; none where all rows are in one buffer. */
export function gathers(context: JobContext, images: ImagesPlan, limits: PlanLimits): [string, JobDraft[]][] {
  if (images.parts.length === 1) return [];
  const jobs = images.parts.map((part, index) =>
    gatherJob(context, `imagesPart${index}`, part, images.words),
  );
  // schedule, control and the gathered batch are bound as well
  const most = limits.maxStorageBuffersPerShaderStage - 3;
  const steps: [string, JobDraft[]][] = [];
  for (let i = 0; i < jobs.length; i += most) steps.push([`gather ${steps.length}`, jobs.slice(i, i + most)]);
  return steps;
}
