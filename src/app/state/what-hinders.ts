/** Why a run cannot start, or cannot be gone on with. */
import { computed } from "@preact/signals";
import { adviceFor } from "./advice.ts";
import { dataChoice, offerOf } from "./datasets.ts";
import { footprint } from "./footprint.ts";
import { whyNoWebGpu } from "./no-webgpu.ts";
import { problems, resolved } from "./options.ts";
import { filesObstacle } from "./own-files.ts";
import { adapterState } from "./trainer.ts";

/** Why a run cannot start; undefined when it can. */
export const obstacle = computed(() => {
  const wrong = Object.keys(problems.value).length;
  if (wrong > 0) return wrong === 1 ? "One option is not valid." : `${wrong} options are not valid.`;
  if (dataChoice(resolved.value.data) === undefined) return filesObstacle.value;
  if (resolved.value.engine === "gpu" && adapterState.value.state === "none") {
    return `${whyNoWebGpu(adapterState.value.error).text} Choose the CPU engine.`;
  }
  if (footprint.value?.type === "error") return `${adviceFor(footprint.value).title}.`;
  return undefined;
});

/** What a run that was started earlier, perhaps elsewhere, is not to be gone on without. */
export type Hindrance = "no-adapter" | "no-files";

/** @param run the engine and the dataset that it was trained with */
export function whatHinders({
  engine,
  dataset,
}: {
  engine: "gpu" | "cpu";
  dataset: string;
}): Hindrance | undefined {
  if (engine === "gpu" && adapterState.value.state === "none") return "no-adapter";
  return dataChoice(offerOf(dataset)) === undefined ? "no-files" : undefined;
}
