/** Puts a split's pixels and labels on the device, once. */
import type { Split } from "../core/dataset.ts";
import { padImages } from "./layout.ts";
import type { GpuMemory } from "./memory.ts";
import { imageBuffers } from "./plan-images.ts";
import type { ImagesPlan } from "./plan-types.ts";

/** Buffers `images` (or `imagesPart0` …) and `labels` of a split. @param pixels per row */
export function uploadSplit(
  memory: GpuMemory,
  split: Split,
  plan: ImagesPlan,
  pixels: number,
  owner: string,
): Map<string, GPUBuffer> {
  const names = imageBuffers(plan);
  const buffers = memory.allocate(
    [...names, { name: "labels", bytes: split.labels.length, purpose: "labels" }],
    owner,
  );
  plan.parts.forEach((part, index) => {
    const images = split.images.subarray(part.first * pixels, (part.first + part.rows) * pixels);
    memory.upload(buffers.get(names[index].name)!, padImages(images, pixels));
  });
  memory.upload(buffers.get("labels")!, split.labels);
  return buffers;
}
