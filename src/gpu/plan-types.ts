/** What a plan consists of: plain data that can be printed, counted and tested without a GPU. */
import type { PlanSummary } from "../core/engine.ts";
import type { Network, Training } from "../core/spec.ts";
import type { Binding, DispatchSource, JobSource } from "./compose.ts";
import type { ActivationLayout, ParameterLayout } from "./layout.ts";
import type { ShaderSources } from "./shader-sources.ts";
import type { ProductKind, Tuning } from "./tuning.ts";

/** The device limits a plan has to respect. */
export interface PlanLimits {
  maxStorageBufferBindingSize: number;
  maxBufferSize: number;
  maxStorageBuffersPerShaderStage: number;
  maxComputeWorkgroupsPerDimension: number;
  maxComputeInvocationsPerWorkgroup: number;
  maxComputeWorkgroupSizeX: number;
  maxComputeWorkgroupStorageSize: number;
  /** Invocations of a subgroup where all have the same number and the device has the feature; otherwise 0. */
  subgroupSize: number;
}

/** The limits that every WebGPU device offers. */
export const DEFAULT_LIMITS: PlanLimits = {
  maxStorageBufferBindingSize: 134_217_728,
  maxBufferSize: 268_435_456,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16_384,
  subgroupSize: 0,
};

export interface BufferPlan {
  name: string;
  bytes: number;
  purpose: string;
}

export interface JobPlan extends JobSource {
  /** Index of the layer it works for, where there is one. */
  layer?: number;
  /** Which of a layer's three products it computes, where it does. */
  product?: ProductKind;
  /** Floating-point operations of a full batch. */
  flops: number;
}

/** A job before it is known how large the workgroups of its dispatch are. */
export interface JobDraft extends Omit<JobPlan, "workgroups" | "sharedVectors"> {
  /** Workgroups, whatever their size … */
  workgroups?: number;
  /** … or invocations in workgroups of any size. */
  items?: number;
  /** The least invocations that a workgroup must have. */
  invocations?: number;
  /** Vectors of four floats in workgroup memory, by the invocations of a workgroup. */
  sharedVectors?: (workgroupSize: number) => number;
}

export interface DispatchPlan extends DispatchSource {
  name: string;
  jobs: JobPlan[];
  bindings: Binding[];
  /** Workgroups in x and y. */
  grid: [number, number];
}

/** A sequence of dispatches over batches of up to `rows` rows, with the buffers only it uses. */
export interface ProgramPlan {
  rows: number;
  activations: ActivationLayout;
  buffers: BufferPlan[];
  dispatches: DispatchPlan[];
}

/** Rows of a split cut into parts that each fit a binding. */
export interface ImagesPlan {
  /** First row of each part; one part where everything fits. */
  parts: { first: number; rows: number }[];
  /** Words of four pixels per row. */
  words: number;
}

export interface Plan extends PlanSummary {
  network: Network;
  training: Training;
  tuning: Tuning;
  /** Where kernels other than the product's own are to run. */
  shaders?: ShaderSources;
  parameters: ParameterLayout;
  /** Every buffer that training needs. */
  buffers: BufferPlan[];
  /** Every kernel that a training step runs, with how often. */
  kernels: { kernel: string; jobs: number; flops: number }[];
  /** The dispatches of one training step. */
  dispatches: DispatchPlan[];
  train: ProgramPlan;
  /** Copies the last good state on the device; once per submit. */
  snapshot: DispatchPlan;
  stepsPerEpoch: number;
  /** First word of the row numbers in `schedule`: one batch of chosen rows, then the epoch's permutation. */
  scheduleRows: number;
  /** First record in `results`. */
  firstRecord: number;
  flopsPerStep: number;
}
