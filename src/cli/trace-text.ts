/** What `backlit trace` has found, for a terminal. */
import type { AdapterSummary } from "../core/engine.ts";
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
  { steps, first, worst }: TraceReport,
  asked: number,
  adapter: AdapterSummary,
  bold: (text: string) => string,
): string {
  const where = adapterName(adapter);
  if (steps === 0) return `Interrupted after 0 of ${counted(asked, "step")} on ${where}: nothing is known.`;
  const rows = worst.map(({ tensor, kernel, errorOverBound, cpuErrorOverBound, step, shape, index }) => [
    tensor,
    kernel,
    ratioText(errorOverBound),
    ratioText(cpuErrorOverBound),
    `${step}`,
    placeText(shape, index),
  ]);
  const head = ["tensor", "kernel", "error / bound", "CPU float32", "step", "element"];
  const within = "every tensor lies within its bound of float64";
  const verdict =
    first !== undefined
      ? divergenceText(first, adapter)
      : steps < asked
        ? `Interrupted after ${grouped(steps)} of ${counted(asked, "step")} on ${where}; so far ${within}.`
        : `${counted(steps, "step")} on ${where}: ${within}.`;
  const convention = "Elements are [row, column]; rows, columns and steps count from 0.";
  return [table(head, rows, bold), convention, "", verdict].join("\n");
}

function divergenceText(first: Divergence, adapter: AdapterSummary): string {
  const { step, tensor, kernel, shape, index, gpu, cpu, reference, bound, origins, fault } = first;
  const made = origins.map(({ name, values }) => {
    const shown = values.slice(0, SHOWN).map((value) => String(value));
    const more = values.length > SHOWN ? `, … (${values.length})` : "";
    return `  ${name}: ${shown.join(", ")}${more}`;
  });
  return [
    `Step ${step} on ${adapterName(adapter)}: element ${placeText(shape, index)} of ${tensor}, ` +
      `${shape.join(" x ")}, of ${kernel}, is off.`,
    `  GPU ${gpu}, CPU float32 ${cpu}, CPU float64 ${reference}: ` +
      `off by ${Math.abs(gpu - reference).toExponential(3)}, bound ${bound.toExponential(3)}`,
    ...(fault ? [`  the guard says: ${fault}`] : []),
    ...(made.length > 0 ? ["made from", ...made] : []),
  ].join("\n");
}
