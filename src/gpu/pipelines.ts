/** Compiles the dispatches of a plan and binds their buffers. */
import { GpuError } from "../core/errors.ts";
import { composeShader } from "./compose.ts";
import { shaderPlaces } from "./shader-places.ts";
import { SHADER_STAGE_COMPUTE } from "./flags.ts";
import type { DispatchPlan } from "./plan-types.ts";

/** A dispatch that is ready to be encoded. */
export interface ReadyDispatch {
  plan: DispatchPlan;
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
}

/**
 * Compiles all dispatches at once (the driver may work on them side by side).
 * @throws GpuError `wgsl/compile` with the compiler's messages, each with its line of a shader file
 */
export async function prepare(
  device: GPUDevice,
  dispatches: readonly DispatchPlan[],
  buffers: ReadonlyMap<string, GPUBuffer>,
): Promise<ReadyDispatch[]> {
  return Promise.all(
    dispatches.map(async (plan): Promise<ReadyDispatch> => {
      const layout = device.createBindGroupLayout({
        label: plan.name,
        entries: plan.bindings.map(({ access }, binding) => ({
          binding,
          visibility: SHADER_STAGE_COMPUTE,
          buffer: { type: access === "read" ? "read-only-storage" : "storage" },
        })),
      });
      const pipeline = await compile(device, plan, layout);
      const bindGroup = device.createBindGroup({
        label: plan.name,
        layout,
        entries: plan.bindings.map(({ buffer }, binding) => {
          const bound = buffers.get(buffer);
          if (bound === undefined) {
            throw new GpuError(
              "plan/buffer",
              `dispatch "${plan.name}" binds ${buffer}, which the plan does not allocate`,
            );
          }
          return { binding, resource: { buffer: bound } };
        }),
      });
      return { plan, pipeline, bindGroup };
    }),
  );
}

const COMPILE_HINT =
  "Where the shaders are unchanged, this browser's or driver's compiler refuses what others take: please report it with " +
  "what `backlit doctor` says.";

async function compile(
  device: GPUDevice,
  plan: DispatchPlan,
  layout: GPUBindGroupLayout,
): Promise<GPUComputePipeline> {
  const code = composeShader(plan);
  const module = device.createShaderModule({ label: plan.name, code });
  try {
    return await device.createComputePipelineAsync({
      label: plan.name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main" },
    });
  } catch (cause) {
    const { messages } = await module.getCompilationInfo();
    const lines = code.split("\n");
    const places = shaderPlaces(plan);
    const details = messages.map(({ type, lineNum, linePos, message }) => {
      const place = places[lineNum - 1];
      const composed = `${lineNum}:${linePos}`;
      const at = place ? `${place.file}:${place.line} (${composed} of the composed shader)` : composed;
      return `${type} at ${at}: ${message}\n    ${lines[lineNum - 1]?.trim() ?? ""}`;
    });
    throw new GpuError(
      "wgsl/compile",
      `dispatch "${plan.name}" does not compile: ${details.join("\n") || String(cause)}`,
      { cause, hint: COMPILE_HINT },
    );
  }
}

/** Encodes dispatches in order into a pass. */
export function encode(pass: GPUComputePassEncoder, dispatches: readonly ReadyDispatch[]): void {
  for (const { plan, pipeline, bindGroup } of dispatches) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(plan.grid[0], plan.grid[1]);
  }
}
