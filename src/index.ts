/** The public API of Backlit: the library's only barrel. */
export * from "./core/errors.ts";
export type * from "./core/dataset.ts";
export type * from "./core/engine.ts";
export type * from "./core/report.ts";
export {
  ACTIVATIONS,
  OPTIMIZERS,
  SCHEDULES,
  resolveNetwork,
  resolveTraining,
  type Activation,
  type Network,
  type NetworkSpec,
  type Optimizer,
  type Schedule,
  type Training,
  type TrainingSpec,
} from "./core/spec.ts";
