/** What `backlit trace` has found, for a terminal. */
import type { AdapterSummary } from "../core/engine.ts";
import { notFiniteText } from "../core/errors.ts";
import { adapterName } from "../gpu/device.ts";
import { ratioText } from "../lens/conformance/report.ts";
import type { Divergence } from "../lens/trace/compare.ts";
import type { TraceReport } from "../lens/trace/run.ts";
import { placeText } from "../report/numbers.ts";
import { counted, grouped, table } from "./format.ts";

/** Of what an element was made from, so many numbers are printed. */
const SHOWN = 8;

/** @param asked steps that were to be traced: more than were where it was interrupted */
export function traceText(
  { steps, first, notFinite, worst }: TraceReport,
  asked: number,
  adapter: AdapterSummary,
  bold: (text: string) => string,
): string {
  const where = adapterName(adapter);
  if (steps === 0) return `Interrupted after 0 of ${counted(asked, "step")} on ${where}: nothing is known.`;
  const rows = worst.map((each) => [
    each.tensor,
    each.kernel,
    ratioText(each.kernelErrorOverBound),
    ratioText(each.errorOverBound),
    ratioText(each.cpuErrorOverBound),
    `${each.step}`,
    placeText(each.shape, each.index),
  ]);
  const head = ["tensor", "kernel", "kernel alone", "whole step", "CPU float32", "step", "element"];
  const within = "every tensor lies within both its bounds of float64";
  const verdict =
    first !== undefined
      ? divergenceText(first, adapter)
      : notFinite !== undefined
        ? `${counted(steps, "step")} on ${where}: ${within}, up to where the training diverges, at step ${notFinite.step}: ` +
          `there ${notFiniteText(notFinite)}, on the CPU as well.`
        : steps < asked
          ? `Interrupted after ${grouped(steps)} of ${counted(asked, "step")} on ${where}; so far ${within}.`
          : `${counted(steps, "step")} on ${where}: ${within}.`;
  const convention =
    "Errors over bounds: of the kernel alone, from its own inputs; of the whole step, from the state before it,\n" +
    "here and in float32 on the CPU, with step and element of the worst.\n" +
    "Elements are [row, column]; rows, columns and steps count from 0.";
  return [table(head, rows, bold), convention, "", verdict].join("\n");
}

function divergenceText(first: Divergence, adapter: AdapterSummary): string {
  const { step, tensor, kernel, shape, index, gpu, cpu, reference, bound, comparison, origins, fault } =
    first;
  const from = comparison === "kernel" ? "the kernel's own inputs" : "the state before the step";
  const made = origins.map(({ name, values }) => {
    const shown = values.slice(0, SHOWN).map((value) => String(value));
    const more = values.length > SHOWN ? `, … (${values.length})` : "";
    return `  ${name}: ${shown.join(", ")}${more}`;
  });
  return [
    `Step ${step} on ${adapterName(adapter)}: element ${placeText(shape, index)} of ${tensor}, ` +
      `[${shape.join(", ")}], of ${kernel}, is off.`,
    `  GPU ${gpu}, CPU float32 ${cpu}, CPU float64 ${reference}: ` +
      `off by ${Math.abs(gpu - reference).toExponential(3)}, bound ${bound.toExponential(3)}; ` +
      `float64 and bound follow from ${from}`,
    ...(fault ? [`  the guard says: ${fault}`] : []),
    ...(made.length > 0 ? ["made from", ...made] : []),
  ].join("\n");
}
