/** The public API of Backlit: the library's only barrel. */
export * from "./core/errors.ts";
export type * from "./core/dataset.ts";
export type * from "./core/engine.ts";
export { reportFromConfusion, type ClassificationReport, type ClassScores } from "./core/report.ts";
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
export { CATALOGUE } from "./data/catalogue.ts";
export { datasetFromFiles, type DataFiles } from "./data/dataset-files.ts";
export { loadFromCatalogue } from "./data/download.ts";
export { datasetHash } from "./data/hash.ts";
export { parseIdx, type IdxArray } from "./data/idx.ts";
export { holdOutValidation } from "./data/split.ts";
export { syntheticDataset, type SyntheticOptions } from "./data/synthetic/dataset.ts";
export { readCheckpoint, writeCheckpoint, type Checkpoint } from "./model/checkpoint.ts";
export { readModel, writeModel } from "./model/model-file.ts";
export { readSafetensors, writeSafetensors } from "./model/safetensors.ts";
export { createCpuEngine, type CpuEngineOptions } from "./cpu/engine.ts";
export { adapterName, requestDevice, type RequestDeviceOptions } from "./gpu/device.ts";
export { createGpuEngine, type GpuEngine, type GpuEngineOptions } from "./gpu/engine.ts";
export { plan, type PlanOptions } from "./gpu/plan.ts";
export type { Plan } from "./gpu/plan-types.ts";
export { defaultTuning, type ProductTile, type Tuning } from "./gpu/tuning.ts";
export { bill, BILL_SIZES, type BilledForm, type BillRow } from "./lens/derivation/bill.ts";
export { formCosts, type FormCost, type FormCosts } from "./lens/derivation/cost.ts";
export { derive } from "./lens/derivation/derive.ts";
export { afterUpdate, withCell } from "./lens/derivation/edit.ts";
export { origins, roots, valueOf } from "./lens/derivation/trace.ts";
export type {
  Axis,
  Cell,
  Derivation,
  DerivationInput,
  Difference,
  Matrix,
  Notation,
  Operation,
  Section,
  Stage,
} from "./lens/derivation/types.ts";
export type * from "./core/profile.ts";
export { profilePlan } from "./gpu/profiler.ts";
export { tune, type TuneOptions } from "./gpu/tuner.ts";
export type * from "./gpu/tuner-types.ts";
export { derivationWorkbook, type DerivationWorkbook } from "./lens/workbook/derivation-workbook.ts";
export type { Placement } from "./lens/workbook/writer.ts";
export type * from "./train/events.ts";
export { classificationReport, logLoss, topKAccuracy } from "./train/metrics.ts";
export type { TrainOptions } from "./train/options.ts";
export { train } from "./train/trainer.ts";
export {
  checkGradients,
  type GradientCheck,
  type GradientCheckOptions,
  type GradientEntry,
  type TensorGradientCheck,
} from "./lens/gradient-check.ts";
export type { CaseResult, ConformanceReport, KernelResult, Proposal } from "./lens/conformance/report.ts";
export { checkConformance, type ConformanceEvent, type ConformanceOptions } from "./lens/conformance/run.ts";
export type { Divergence, TensorWorst } from "./lens/trace/compare.ts";
export { readReplay, writeReplay, type Replay } from "./lens/trace/replay.ts";
export type { KernelReference } from "./lens/trace/local.ts";
export { traceSteps, type TraceReport } from "./lens/trace/run.ts";
export { Tracer, type TracedStep, type TracedTensor } from "./lens/trace/tracer.ts";
