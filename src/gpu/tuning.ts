/**
 * Which tile each kernel uses and how invocations are grouped. A table is data: a plan is made from it, a run records it,
 * and the same table on the same adapter gives the same bits.
 */

export interface Tuning {
  name: string;
  /** Invocations per workgroup. */
  workgroupSize: number;
  /** Expand marked loops and arrays of the shaders before compiling them. */
  unrolled: boolean;
  forward: { rows: number; units: number };
  inputGradient: { rows: number; inputs: number };
  weightGradient: { inputs: number; units: number };
  /** Rows per invocation of the head, and vectors of four classes it holds at a time. */
  head: { rows: number; group4: number };
  /** Steps handed over at once are bounded by an estimate: this many floating-point operations a second … */
  assumedFlops: number;
  /** … this much time per dispatch, in seconds … */
  dispatchSeconds: number;
  /** … and this much time per submit, in seconds. */
  submitSeconds: number;
}

/** For adapters that run shaders on the CPU: large unrolled register tiles, few invocations, long submits. */
export const SOFTWARE_TUNING: Tuning = {
  name: "software",
  workgroupSize: 16,
  unrolled: true,
  forward: { rows: 8, units: 8 },
  inputGradient: { rows: 8, inputs: 8 },
  weightGradient: { inputs: 8, units: 32 },
  head: { rows: 4, group4: 3 },
  assumedFlops: 3e9,
  dispatchSeconds: 1e-4,
  submitSeconds: 1,
};

/** For GPUs: enough invocations to fill them, submits short enough for a page to stay alive. */
export const HARDWARE_TUNING: Tuning = {
  name: "hardware",
  workgroupSize: 64,
  unrolled: true,
  forward: { rows: 4, units: 4 },
  inputGradient: { rows: 4, inputs: 4 },
  weightGradient: { inputs: 4, units: 4 },
  head: { rows: 1, group4: 3 },
  assumedFlops: 4e11,
  dispatchSeconds: 1e-5,
  submitSeconds: 0.05,
};

export function defaultTuning(software: boolean): Tuning {
  return software ? SOFTWARE_TUNING : HARDWARE_TUNING;
}
