/** What a check has found: plain data for terminal, page, files. */
import type { AdapterSummary } from "../../core/engine.ts";
import type { Tuning } from "../../gpu/tuning.ts";

/** One case. */
export interface CaseResult {
  /** Counted from 0, the same in every run with this seed. */
  number: number;
  /** The kernel files that ran, or what else was checked. */
  kernel: string;
  shape: string;
  /** The tuning table by name. */
  variant: string;
  /** Numbers compared. */
  compared: number;
  /** The largest error over its bound; above 1 is a failure. Where something exact was wrong, the largest number. */
  errorOverBound: number;
  worstAt: string;
  /** Empty when everything held. */
  failure: string;
  seconds: number;
  /** Flags with which `backlit trace` tells which kernel is wrong, where a case has several. */
  trace?: readonly string[];
}

export interface KernelResult {
  kernel: string;
  cases: number;
  failures: number;
  compared: number;
  /** Of the worst case. */
  errorOverBound: number;
  shape: string;
  variant: string;
}

/** What to do about a kernel that computes wrongly here. */
export interface Proposal {
  kernel: string;
  variant: string;
  /**
   * The first other table with which everything passed that failed, and the standard cases of this kind and of what all
   * tables share; null when there is none.
   */
  instead: Tuning | null;
}

export interface ConformanceReport {
  /** Those that ran. */
  cases: number;
  /** Those that were to run: more where the check was interrupted. */
  total: number;
  failures: number;
  worst: { kernel: string; shape: string; errorOverBound: number };
  kernels: KernelResult[];
  failed: CaseResult[];
  proposals: Proposal[];
  compared: number;
  adapter: AdapterSummary;
  limits: Record<string, number>;
  timestamps: string;
  /** The table that the engine would choose. */
  tuning: string;
  seed: number;
  /** Whether the cases were drawn at random. */
  random: boolean;
  seconds: number;
}

/** A failure without the shape in front of it, which is the case's already. */
export function withoutShape(failure: string, shape: string): string {
  // What kind of numbers were multiplied is said of the case alone.
  const [product] = shape.split(/, (?=[a-z])/);
  return failure.startsWith(product) ? failure.slice(product.length).replace(/^[:,] /, "") : failure;
}

/** Cases by kernel, in the order in which they first ran. */
export function byKernel(cases: readonly CaseResult[]): KernelResult[] {
  const kernels = new Map<string, KernelResult>();
  for (const { kernel, compared, errorOverBound, failure, shape, variant } of cases) {
    const known = kernels.get(kernel);
    if (known === undefined) {
      const failures = failure === "" ? 0 : 1;
      kernels.set(kernel, { kernel, cases: 1, failures, compared, errorOverBound, shape, variant });
      continue;
    }
    known.cases++;
    known.compared += compared;
    if (failure !== "") known.failures++;
    if (errorOverBound > known.errorOverBound) Object.assign(known, { errorOverBound, shape, variant });
  }
  return [...kernels.values()];
}

/** An error over its bound as people read it, to a thousandth: `0.041`, `1.250`; `0` is no error at all. */
export function ratioText(errorOverBound: number): string {
  if (errorOverBound === Number.MAX_VALUE) return "not exact";
  if (errorOverBound === 0) return "0";
  if (errorOverBound >= 1000) return errorOverBound.toExponential(2);
  return errorOverBound < 0.0005 ? "< 0.001" : errorOverBound.toFixed(3);
}
