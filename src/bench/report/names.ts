/** What contenders, workloads and suites are called wherever a person reads of them. */
import type { AdapterSummary } from "../../core/engine.ts";
import { adapterName } from "../../gpu/device.ts";
import { threeDigits } from "../../report/numbers.ts";
import type { BackendName, BenchResult, ContenderName, InputKind, WorkloadId } from "../result.ts";

export const CONTENDER_NAMES: Record<ContenderName, string> = {
  backlit: "Backlit",
  tfjs: "TensorFlow.js",
  jax: "jax-js",
};
export const BACKEND_NAMES: Record<BackendName, string> = {
  webgpu: "WebGPU",
  wasm: "wasm",
  cpu: "plain loop",
};
export const INPUT_NAMES: Record<InputKind, string> = { mnist: "digits", dense: "noise" };

const SUITE_TITLES: Record<string, string> = {
  step: "Training steps",
  kernels: "Kernels",
  matmul: "Matrix products",
  scaling: "How a training step scales",
  crossover: "Where the GPU overtakes the CPU",
  accuracy: "Time to an accuracy",
  overhead: "What a dispatch costs",
};

export interface Who {
  contender: ContenderName;
  backend: BackendName;
}

/** `jax-js WebGPU`, `Backlit plain loop` */
export function whoName({ contender, backend }: Who): string {
  return `${CONTENDER_NAMES[contender]} ${BACKEND_NAMES[backend]}`;
}

/** Classes of the style: colour by contender, filling by backend. */
export function whoClass({ contender, backend }: Who): string {
  return `${contender} ${backend}`;
}

/** WebGPU before wasm before plain loops; within them Backlit first. */
export function byRank(a: Who, b: Who): number {
  const rank = ({ contender, backend }: Who): number =>
    10 * Object.keys(BACKEND_NAMES).indexOf(backend) + Object.keys(CONTENDER_NAMES).indexOf(contender);
  return rank(a) - rank(b);
}

/** `784-512-10, batch 128, sgd` */
export function workloadName({
  network,
  batch,
  optimizer,
}: Pick<WorkloadId, "network" | "batch" | "optimizer">): string {
  return `${network}, batch ${batch}, ${optimizer}`;
}

export function suiteTitle({ suite }: Pick<BenchResult, "suite">): string {
  return SUITE_TITLES[suite] ?? suite;
}

/** The adapter in a title: one that is no GPU says so. */
export function onAdapter(adapter: AdapterSummary): string {
  return `on ${adapterName(adapter)}`;
}

/** `0.053`, `0.37`, `3.2`, `12` */
export function ratioText(ratio: number): string {
  return ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(2);
}

export function milliseconds(value: number): string {
  return `${threeDigits(value)} ms`;
}

/** Both ends, or one where they read the same. */
export function range(values: readonly number[], format: (value: number) => string): string {
  const [least, most] = [format(Math.min(...values)), format(Math.max(...values))];
  return least === most ? least : `${least} – ${most}`;
}
