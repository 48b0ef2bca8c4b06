/**
 * Compiled kernels that the next mutant needs again: all but those that the mutated file is a part of. Compiling is most of
 * what a case costs on a software adapter.
 */

/** How many kernels are kept: each holds compiled code. */
const MOST_PIPELINES = 400;

/**
 * Makes a device hand out the pipeline it already has for a text. (Pipelines with equal bind group layouts, which follow
 * from the text, stand for one another.) @param isKept whether a text will be asked for again
 */
export function cachePipelines(device: GPUDevice, isKept: (code: string) => boolean): void {
  const codes = new WeakMap<GPUShaderModule, string>();
  const kept = new Map<string, GPUComputePipeline>();
  const createModule = device.createShaderModule.bind(device);
  const createPipeline = device.createComputePipelineAsync.bind(device);
  device.createShaderModule = (descriptor) => {
    const module = createModule(descriptor);
    codes.set(module, descriptor.code);
    return module;
  };
  device.createComputePipelineAsync = async (descriptor) => {
    const code = codes.get(descriptor.compute.module);
    if (code === undefined || !isKept(code)) return createPipeline(descriptor);
    const found = kept.get(code);
    const pipeline = found ?? (await createPipeline(descriptor));
    // The one that was asked for last stays longest.
    kept.delete(code);
    kept.set(code, pipeline);
    if (kept.size > MOST_PIPELINES) kept.delete(kept.keys().next().value!);
    return pipeline;
  };
}
