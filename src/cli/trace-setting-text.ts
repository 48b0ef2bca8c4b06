/** What was traced, and what a replay file says of where it comes from, for a terminal. */
import type { Replay } from "../lens/trace/replay.ts";
import type { TraceReport } from "../lens/trace/run.ts";
import { placeText } from "../report/numbers.ts";
import type { TraceReportEvent } from "../worker/job.ts";
import { grouped } from "./format.ts";

/** `784 - 512 relu - 10 on mnist, 5,000 images held out`, and below it the options of its training */
export function settingText({ setting, data }: Pick<TraceReportEvent, "setting" | "data">): string {
  const { network, training } = setting;
  const units = network.layers.map((layer, index) => {
    if (index === network.layers.length - 1) return `${layer.units}`;
    const dropout = layer.dropout > 0 ? ` with dropout ${layer.dropout}` : "";
    return `${layer.units} ${layer.activation}${dropout}`;
  });
  const from = data ? ` on ${data.dataset.name}, ${grouped(data.validation)} images held out` : "";
  const more = [
    ...(training.weightDecay > 0 ? [`weight decay ${training.weightDecay}`] : []),
    ...(training.labelSmoothing > 0 ? [`label smoothing ${training.labelSmoothing}`] : []),
    ...(training.clipNorm > 0 ? [`clip norm ${training.clipNorm}`] : []),
  ];
  return [
    `${[network.input, ...units].join(" - ")}${from}\n${training.optimizer}`,
    `learning rate ${training.learningRate} ${training.schedule}`,
    `batch ${training.batchSize}`,
    ...more,
    `seed ${training.seed}`,
  ].join(", ");
}

/** Whether the element that was off where the file was written is the first one here, too. */
export function recurs({ first }: Pick<Replay, "first">, here: Pick<TraceReport, "first">): boolean {
  return first !== null && here.first?.tensor === first.tensor && here.first.index === first.index;
}

/** What the file recorded, beside what its step does here. */
export function recordedText(recorded: Pick<Replay, "first" | "adapter">, here: TraceReport): string {
  const { first, adapter } = recorded;
  if (first === null) return `Recorded on ${adapter}: nothing was off.`;
  const { step, tensor, kernel, shape, index, gpu, reference, bound, fault } = first;
  return [
    `Recorded at step ${step} on ${adapter}: element ${placeText(shape, index)} of ${tensor}, of ${kernel}, was off: ` +
      `GPU ${gpu}, float64 ${reference}, bound ${bound.toExponential(3)}.`,
    ...(fault === "" ? [] : [`  the guard said: ${fault}`]),
    recurs(recorded, here)
      ? "It happens here, too."
      : here.diverged
        ? "Here another element is off first."
        : here.steps > 0
          ? "It does not happen here."
          : "Whether it happens here is not known.",
  ].join("\n");
}
