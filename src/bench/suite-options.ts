/** Which options each suite takes. What a suite has no use for is refused, not passed over: a figure must be of what was asked for. */
import { SpecError } from "../core/errors.ts";
import { SUITES, type SuiteName } from "./result.ts";
import type { Narrowing } from "./suites.ts";

/** By the names of the command's flags. */
export const SUITE_OPTIONS = ["hidden", "batch", "optimizer", "input", "backend", "peers", "tune"] as const;
export type SuiteOption = (typeof SUITE_OPTIONS)[number];

export const TAKEN_BY: Record<SuiteName, readonly SuiteOption[]> = {
  step: SUITE_OPTIONS,
  matmul: ["hidden", "batch", "backend", "peers"],
  kernels: ["hidden", "batch", "optimizer", "input"],
  scaling: SUITE_OPTIONS,
  crossover: SUITE_OPTIONS,
  accuracy: ["hidden", "batch", "optimizer", "backend", "peers", "tune"],
  overhead: [],
};

/** Of which a suite measures one value, where others measure a list. */
export const ONE_OF: Partial<Record<SuiteName, readonly SuiteOption[]>> = {
  scaling: ["batch"],
  accuracy: ["batch", "optimizer"],
};

/** `matmul     --hidden, --batch, --backend, --peers`: a line for each suite. */
export function suiteOptionsText(): string {
  const width = Math.max(...SUITES.map(({ length }) => length));
  return SUITES.map((suite) => `  ${suite.padEnd(width)}  ${flagsOf(suite)}`).join("\n");
}

function flagsOf(suite: SuiteName): string {
  const one = ONE_OF[suite] ?? [];
  const flags = TAKEN_BY[suite].map((name) => (one.includes(name) ? `one --${name}` : `--${name}`));
  return flags.length === 0 ? "none of these" : flags.join(", ");
}

export interface SuiteRequest extends Narrowing {
  suite: SuiteName;
  peers?: readonly string[];
  tune?: "off" | "fast" | "full";
}

/** Whether the suite trains on digits, for which MNIST would be looked for. */
export function takesDigits({ suite, input }: Pick<SuiteRequest, "suite" | "input">): boolean {
  if (suite === "accuracy") return true;
  return TAKEN_BY[suite].includes("input") && (input?.includes("mnist") ?? true);
}

/** @throws SpecError naming the option that the suite does not take, or that leaves nobody to measure */
export function checkSuiteRequest(request: SuiteRequest): void {
  const { suite, backend, peers = [], tune = "off" } = request;
  const given: Record<SuiteOption, boolean> = {
    hidden: request.hidden !== undefined,
    batch: request.batch !== undefined,
    optimizer: request.optimizer !== undefined,
    input: request.input !== undefined,
    backend: backend !== undefined,
    peers: peers.length > 0,
    tune: tune !== "off",
  };
  const taken = TAKEN_BY[suite];
  const refused = SUITE_OPTIONS.filter((name) => given[name] && !taken.includes(name));
  if (refused.length > 0) {
    throw new SpecError(
      refused[0],
      `the suite ${suite} has no use for ${refused.map((name) => `--${name}`).join(", ")}`,
      taken.length === 0
        ? "It takes none of the options that narrow a suite."
        : `It takes ${flagsOf(suite)}.`,
    );
  }
  for (const name of ONE_OF[suite] ?? []) {
    const values = request[name as "batch" | "optimizer"] ?? [];
    if (values.length > 1) {
      throw new SpecError(name, `the suite ${suite} takes one --${name}, but was given ${values.join(",")}`);
    }
  }
  if (backend?.includes("wasm") && peers.length === 0) {
    throw new SpecError(
      "backend",
      "--backend wasm measures peers only, and none was asked for",
      "Add --peers tfjs,jax.",
    );
  }
  if (suite === "matmul" && backend?.includes("cpu")) {
    throw new SpecError("backend", "the suite matmul has no plain loop to measure with --backend cpu");
  }
}
