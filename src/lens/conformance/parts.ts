/** X.W where K is cut into parts, which a plan sums each by itself for the head to add up. */
import type { FloatArray } from "../../core/engine.ts";
import { matmul } from "../../cpu/dense.ts";
import { unpadRows, vectors } from "../../gpu/layout.ts";
import type { DispatchPlan } from "../../gpu/plan-types.ts";
import { depths, exact, productErrors, type Bounded } from "../rounding.ts";
import { region, type CheckContext, type Kernel, type Range } from "./kernel.ts";

/** Parts of K in which a forward product is summed, of `part4` vectors each; 1 where its layer is finished at once. */
export function partsOf(dispatches: readonly DispatchPlan[]): { parts: number; part4: number } {
  const jobs = dispatches.flatMap((dispatch) => dispatch.jobs);
  const constants = jobs.find(({ roles }) => roles["result"] === "result-partial")?.constants;
  return { parts: Number(constants?.["PARTS"] ?? 1), part4: Number(constants?.["PART4"] ?? Infinity) };
}

/** X.W in parts, each the product of its own columns of X and rows of W. Gives where they lie. */
export function checkParts(
  { check }: CheckContext,
  what: string,
  kernel: Kernel,
  { at, parts, part4, capacity }: { at: number; parts: number; part4: number; capacity: number },
  factors: { x: Bounded; weight: FloatArray; rows: number; k: number; n: number; integers: boolean },
): { activations: Range[] } {
  const { x, weight, rows, k, n, integers } = factors;
  const stride = capacity * vectors(n);
  const regions = Array.from({ length: parts }, (_, part) => region(at + part * stride, rows, n));
  for (const [part, words] of regions.entries()) {
    const from = 4 * part4 * part;
    const length = Math.min(k - from, 4 * part4);
    const columns = (values: FloatArray): Float64Array =>
      Float64Array.from(
        { length: rows * length },
        (_, i) => values[Math.floor(i / length) * k + from + (i % length)],
      );
    const a = { values: columns(x.values), errors: columns(x.errors) };
    const b = exact(Float64Array.from(weight.subarray(from * n, (from + length) * n)));
    const actual = unpadRows(kernel.floats("activations", words), rows, n);
    const expected = matmul(a.values, [rows, length], b.values, [length, n]);
    if (integers) check.equal(`${what}: part ${part}`, actual, expected, [rows, n]);
    else {
      const errors = productErrors("A.B", a, [rows, length], b, [length, n], depths.forward(length));
      check.within(`${what}: part ${part}`, actual, expected, errors, [rows, n]);
    }
  }
  return { activations: regions };
}
