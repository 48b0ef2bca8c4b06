/** Options that mean nothing beside the others: what was chosen there does not read them. */
import type { resolveRunOptions, RunOptionName } from "./run-options.ts";
import type { Optimizer, Schedule } from "./spec.ts";

const MOMENTUM: readonly Optimizer[] = ["momentum", "nesterov"];
const ADAM: readonly Optimizer[] = ["adam", "adamw"];
const DECAYING: readonly Schedule[] = ["step", "exponential"];

/**
 * What makes an option idle, to continue "not used by": `adamw`, `the cosine schedule`.
 * @returns undefined for an option that has an effect
 */
export function idleBecauseOf(
  name: RunOptionName,
  { optimizer, schedule, engine, hidden }: ReturnType<typeof resolveRunOptions>,
): string | undefined {
  switch (name) {
    case "momentum":
      return MOMENTUM.includes(optimizer) ? undefined : optimizer;
    case "beta1":
    case "beta2":
    case "epsilon":
      return ADAM.includes(optimizer) ? undefined : optimizer;
    case "decayEvery":
    case "decayFactor":
      return DECAYING.includes(schedule) ? undefined : `the ${schedule} schedule`;
    case "activation":
    case "dropout":
      return hidden.length > 0 ? undefined : "a network without hidden layers";
    case "adapter":
    case "tune":
      return engine === "gpu" ? undefined : "the CPU engine";
    default:
      return undefined;
  }
}
