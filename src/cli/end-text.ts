/** How a training run ended, for a terminal: what it reached, why it stopped, what was kept and how to go on. */
import { isAbsolute, relative } from "node:path";
import { guessingCauses, guessingShare } from "../core/guessing.ts";
import { adapterName } from "../gpu/device.ts";
import type { DoneEvent, EvaluationEvent, StartEvent } from "../worker/job.ts";
import { counted, duration, grouped, percent } from "./format.ts";
import { shellCommand } from "./shell-command.ts";

type Start = Pick<StartEvent, "step" | "totalSteps" | "options" | "adapter">;
type Done = Pick<
  DoneEvent,
  "reason" | "epochs" | "steps" | "seconds" | "samplesPerSecond" | "keptEpoch" | "train"
>;

/** @param directory the run's, as a full path */
export function endText(
  start: Start,
  done: Done,
  evaluation: Pick<EvaluationEvent, "loss" | "report"> | undefined,
  directory: string,
): string {
  const lines = [figures(start, done, evaluation)];
  const share = evaluation && guessingShare(evaluation.report);
  if (evaluation && share !== undefined) {
    const classes = evaluation.report.perClass.length;
    const causes = guessingCauses(classes, { loss: done.train?.loss ?? null, steps: done.steps });
    lines.push(
      `no better than guessing: always naming the most frequent class reads ${percent(share)} right. ${causes}`,
    );
  }
  if (done.reason === "early-stopping") {
    const { earlyStopping = 0 } = start.options;
    const epochs = earlyStopping === 1 ? "an epoch" : counted(earlyStopping, "epoch");
    lines.push(`stopped early after epoch ${done.epochs}: no better on the validation rows for ${epochs}`);
  }
  if (done.keptEpoch !== null) {
    const criterion = start.options.keepBest ?? "score";
    lines.push(`the parameters are those of epoch ${done.keptEpoch}, best in validation ${criterion}`);
  }
  lines.push(`kept in ${directory} (report.html, model.safetensors, …)`);
  const isPart = done.reason === "aborted" || done.reason === "max-steps";
  if (isPart && done.steps < start.totalSteps) lines.push(`go on with: ${resumeCommand(directory)}`);
  return lines.join("\n");
}

function figures(start: Start, done: Done, evaluation: Parameters<typeof endText>[2]): string {
  const score = evaluation
    ? `${percent(evaluation.report.accuracy)} of the test images, loss ${evaluation.loss.toFixed(4)}, `
    : "";
  if (done.steps > start.step) {
    const speed = `${grouped(done.samplesPerSecond)} samples/s`;
    const spent = `${counted(done.steps, "step")} in ${duration(done.seconds)} (${speed})`;
    return `${score}after ${spent} on ${adapterName(start.adapter)}`;
  }
  if (done.reason === "aborted") {
    return done.steps === 0
      ? "interrupted before the first step"
      : `interrupted, still at step ${grouped(done.steps)}`;
  }
  const where = score === "" ? "" : ` on ${adapterName(start.adapter)}`;
  return `${score}after ${counted(done.steps, "step")}${where}: the run was complete already, nothing was left to train`;
}

/** Goes on with a run. */
export function resumeCommand(directory: string): string {
  const near = relative(process.cwd(), directory);
  const path = near === "" || near.startsWith("..") || isAbsolute(near) ? directory : near;
  return shellCommand("train", ["--resume", path]);
}
