/** What a search for tiles has found, for a terminal; and its table for the next run. */
import { toBacklitError } from "../core/errors.ts";
import type { FileCache } from "../data/file-cache.ts";
import { adapterName } from "../gpu/device.ts";
import type { Setting, TargetReport, TuneReport } from "../gpu/tuner-types.ts";
import type { TuningEvent } from "../worker/job.ts";
import { keepTuning } from "../worker/tuning-store.ts";
import { counted, table, threeDigits } from "./format.ts";
import type { Output } from "./output.ts";

export function tuningLine({ tuning, report }: TuningEvent): string {
  if (report === null) return `Tiles as found before: ${tuning.name}.`;
  const { stepMs, seconds, adapter } = report;
  return (
    `Tuned for ${seconds.toFixed(1)} s on ${adapterName(adapter)}: the kernels of a step take ` +
    `${threeDigits(stepMs.tuned)} ms instead of ${threeDigits(stepMs.default)} ms.`
  );
}

/** Keeps a table that was found. That it cannot be kept is no reason to lose a run. */
export async function keepTable(tables: FileCache, event: TuningEvent, output: Output): Promise<void> {
  try {
    await keepTuning(tables, event);
  } catch (error) {
    output.say(`warning: the table could not be kept for later runs: ${toBacklitError(error).message}`);
  }
}

export function tuneText(report: TuneReport, bold: (text: string) => string): string {
  const rows = report.products.map((target) => [
    targetName(target),
    target.shape === null ? "" : `${target.shape.m} x ${target.shape.n} x ${target.shape.k}`,
    String(target.candidates.length),
    String(target.left),
    settingText(target.default),
    settingText(target.chosen),
    `${(100 * target.gain).toFixed(1)} %`,
  ]);
  const tried = report.products.flatMap((target) =>
    target.candidates.map(({ setting, ms, before, problem }) => [
      targetName(target),
      settingText(setting),
      ms === null ? "" : threeDigits(ms),
      before === null ? (problem ?? "") : threeDigits(before),
    ]),
  );
  const { stepMs, seconds, budgetSeconds, stopped, clock } = report;
  const end = {
    time: `ended by its bound of ${budgetSeconds} s`,
    done: `everything tried in ${seconds.toFixed(1)} s`,
    aborted: `interrupted after ${seconds.toFixed(1)} s`,
  }[stopped];
  const means = clock.method === "wall" ? "the host's clock" : `timestamps, to ${clock.quantum} ns`;
  return [
    `${report.network}, batch ${report.batch}, ${report.optimizer} on ${adapterName(report.adapter)}`,
    "",
    table(["candidate for", "setting", "ms", "instead of"], tried, bold),
    "",
    table(["part", "m x n x k", "tried", "left", "default", "chosen", "gain"], rows, bold),
    "",
    `The kernels of a step: ${threeDigits(stepMs.tuned)} ms instead of ${threeDigits(stepMs.default)} ms ` +
      `(${means}; ${end}).`,
    stopped === "aborted"
      ? "The search was not finished, so its table is not kept."
      : `Kept as "${report.tuning.name}" for train --tune ${report.mode}.`,
  ].join("\n");
}

function targetName({ what, layer }: TargetReport): string {
  const name = { forward: "X.W", inputGradient: "dZ.Wt", weightGradient: "Xt.dZ", head: "head" };
  if (what === "workgroupSize") return "workgroup size";
  return layer === null ? name[what] : `${name[what]} of layer ${layer}`;
}

/** As short as it goes: `8 x 32`, `8 x 8 in 64 x 64, 16 deep`. */
export function settingText(setting: Setting): string {
  if ("workgroupSize" in setting) return String(setting.workgroupSize);
  if ("group4" in setting)
    return `${setting.family}, ${counted(setting.rows, "row")}, ${4 * setting.group4} classes`;
  const own = `${setting.rows} x ${setting.columns}`;
  if (setting.family === "subgroup") return `${own} by ${setting.lanes} lanes`;
  const splits = (setting.splits ?? 1) > 1 ? `, ${setting.splits} splits` : "";
  if (setting.family === "register") return own + splits;
  return `${own} in ${setting.tileRows} x ${setting.tileColumns}, ${setting.depth} deep${splits}`;
}
