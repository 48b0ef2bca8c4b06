/** `backlit plan`: every buffer, kernel and dispatch of a training step, worked out without a device. */
import type { Command } from "commander";
import { resolveRunOptions, toSpecs, type RunOptionName } from "../../core/run-options.ts";
import { CATALOGUE } from "../../data/catalogue.ts";
import type { AdapterSummary } from "../../core/engine.ts";
import { composeShader } from "../../gpu/compose.ts";
import { adapterName } from "../../gpu/device.ts";
import { plan } from "../../gpu/plan.ts";
import { DEFAULT_LIMITS, type Plan } from "../../gpu/plan-types.ts";
import type { AdapterEvent, AdapterWish } from "../../worker/job.ts";
import { probeAdapter } from "../adapter-probe.ts";
import type { Context } from "../context.ts";
import { readDataset, SYNTHETIC } from "../dataset-source.ts";
import { byteSize, counted, grouped, table } from "../format.ts";
import { interruptible } from "../interrupt.ts";
import { addRunOptions, choice, givenRunOptions } from "../options.ts";
import { addRuntimeOptions, type RuntimeFlags } from "../runtime-options.ts";

/** Options that do not change a plan. */
const OTHER: RunOptionName[] = ["maxSteps", "earlyStopping", "keepBest", "engine", "tune"];

interface PlanFlags extends RuntimeFlags {
  limits?: "default" | "adapter";
  wgsl?: boolean;
  dataDir?: string;
}

export function addPlanVerb(program: Command, context: Context): void {
  const command = program
    .command("plan")
    .description("print the buffers, kernels and dispatches of a training step")
    .option(
      "--limits <WHICH>",
      "default or adapter (default: default)",
      choice("limits", ["default", "adapter"]),
    )
    .option("--wgsl", "print the complete WGSL of every dispatch instead, as it is compiled")
    .option("--data-dir <DIR>", "folder of the four files, or its parent")
    .option("--json", "JSON on standard output");
  addRunOptions(command, planOptions());
  addRuntimeOptions(command);
  command.action((flags: PlanFlags) => printPlan(context, flags));
}

function planOptions(): RunOptionName[] {
  const all = Object.keys(resolveRunOptions({})) as RunOptionName[];
  return all.filter((name) => !OTHER.includes(name));
}

async function printPlan(context: Context, flags: PlanFlags): Promise<void> {
  const { output } = context;
  const options = resolveRunOptions(givenRunOptions(flags as Record<string, unknown>));
  const shape = await dataShape(options.data, flags, context);
  const { network, training } = toSpecs(options, shape);
  let adapter: AdapterEvent | undefined;
  if (flags.limits === "adapter") {
    const interrupted = await interruptible(context, async (signal) => {
      adapter = await probeAdapter(context, flags, options.adapter, { signal });
    });
    if (interrupted) return;
  }
  const software = adapter?.adapter.software ?? options.adapter === "software";
  const made = plan(network, training, {
    trainRows: shape.rows - Math.min(options.validation, Math.max(0, shape.rows - 1)),
    limits: adapter?.limits ?? DEFAULT_LIMITS,
    software,
  });
  const shaders = flags.wgsl
    ? made.dispatches.map((each) => ({ name: each.name, wgsl: composeShader(each) }))
    : [];
  output.emit({
    type: "result",
    ...planJson(made),
    ...(adapter && { adapter: adapter.adapter }),
    ...(flags.wgsl && { shaders }),
  });
  if (flags.wgsl) {
    output.print(shaders.map(({ name, wgsl }) => `// dispatch "${name}"\n${wgsl}`).join("\n"));
    return;
  }
  output.print(planText(made, assumption(adapter?.adapter, options.adapter), (text) => output.bold(text)));
}

/** On what device the plan would be carried out: the tiles follow from that. */
function assumption(adapter: AdapterSummary | undefined, asked: AdapterWish): string {
  if (adapter !== undefined) return `For the adapter here, ${adapterName(adapter)}, with its limits.`;
  const device =
    asked === "software" ? "a software adapter, with its tiles" : "a GPU, with the tiles of GPUs";
  return (
    `Assumed is ${device}, and with the limits that every device has; no adapter was looked up. ` +
    "--limits adapter takes the adapter here, whose plan can have other kernels and tiles."
  );
}

/** The catalogue's sets are all of one shape; only a folder has to be read for it. */
async function dataShape(
  data: string,
  { dataDir }: PlanFlags,
  { output }: Context,
): Promise<{ input: number; classes: number; rows: number }> {
  if (data === SYNTHETIC || Object.hasOwn(CATALOGUE, data)) {
    return { input: 784, classes: CATALOGUE[data]?.classes.length ?? 10, rows: 60_000 };
  }
  const { height, width, classes, train } = await readDataset(data, dataDir, output);
  return { input: height * width, classes: classes.length, rows: train.labels.length };
}

function planJson(made: Plan): Record<string, unknown> {
  return {
    dispatchesPerStep: made.dispatchesPerStep,
    stepsPerSubmit: made.stepsPerSubmit,
    bytesUploadedPerStep: made.bytesUploadedPerStep,
    bytesUploadedPerEpoch: made.bytesUploadedPerEpoch,
    stepsPerEpoch: made.stepsPerEpoch,
    flopsPerStep: made.flopsPerStep,
    network: made.network,
    training: made.training,
    tuning: made.tuning,
    buffers: made.buffers,
    kernels: made.kernels,
    dispatches: made.dispatches.map(({ name, grid, bindings, jobs }) => ({
      name,
      grid,
      bindings,
      jobs: jobs.map(({ kernel, workgroups, layer, flops }) => ({ kernel, workgroups, layer, flops })),
    })),
  };
}

/** @param assumed on what device, as a sentence */
export function planText(made: Plan, assumed: string, bold: (text: string) => string): string {
  const { network, training } = made;
  const widths = [network.input, ...network.layers.map((layer) => layer.units)].join(" - ");
  const dispatches = made.dispatches.flatMap(({ name, grid, bindings, jobs }, index) => {
    const flops = grouped(jobs.reduce((sum, job) => sum + job.flops, 0));
    const [first, ...others] = kernelCounts(jobs);
    return [
      [String(index + 1), name, first, grid.join(" x "), String(bindings.length), flops],
      ...others.map((kernel) => ["", "", kernel, "", "", ""]),
    ];
  });
  const buffers = made.buffers.map(({ name, bytes, purpose }) => [name, byteSize(bytes), purpose]);
  const total = made.buffers.reduce((sum, buffer) => sum + buffer.bytes, 0);
  return [
    `${widths}, batch ${training.batchSize}, ${training.optimizer}: ${counted(made.dispatchesPerStep, "dispatch", "dispatches")} per step, ` +
      `${counted(made.stepsPerSubmit, "step")} per submit, ${made.bytesUploadedPerStep} bytes uploaded per step ` +
      `(${byteSize(made.bytesUploadedPerEpoch)} per epoch)`,
    assumed,
    "",
    table(["", "dispatch", "kernels", "workgroups", "bindings", "FLOP"], dispatches, bold),
    "",
    table(["buffer", "size", "purpose"], [...buffers, ["together", byteSize(total), ""]], bold),
  ].join("\n");
}

/** The kernels of a dispatch, each once: `dense-weight-gradient (layers 0, 1)`. */
function kernelCounts(jobs: Plan["dispatches"][number]["jobs"]): string[] {
  return [...new Set(jobs.map(({ kernel }) => kernel))].map((kernel) => {
    const layers = jobs.flatMap((job) =>
      job.kernel === kernel && job.layer !== undefined ? [job.layer] : [],
    );
    if (layers.length === 0) return kernel;
    return `${kernel} (layer${layers.length > 1 ? "s" : ""} ${layers.join(", ")})`;
  });
}
