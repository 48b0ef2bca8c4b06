/** Dispatches that do nothing but be dispatched: what they cost is what every dispatch costs. */
import { GpuMemory } from "./memory.ts";
import { SHADER_STAGE_COMPUTE } from "./flags.ts";

/** One invocation that leaves a word as it is; a compiler must not find that out. */
const CODE = `
@group(0) @binding(0) var<storage, read_write> word: array<u32>;
@compute @workgroup_size(1) fn main() {
  if (word[0] == 0xffffffffu) { word[1] = 1u; }
}`;

/** Submits that are handed over before one is waited for, so that the queue does not grow without bound. */
const MOST_AHEAD = 256;

export class IdleDispatches {
  readonly #memory: GpuMemory;
  readonly #pipeline: GPUComputePipeline;
  readonly #bindGroup: GPUBindGroup;
  readonly #word: GPUBuffer;

  private constructor(memory: GpuMemory, pipeline: GPUComputePipeline, layout: GPUBindGroupLayout) {
    this.#memory = memory;
    this.#pipeline = pipeline;
    [this.#word] = memory.allocate([{ name: "word", bytes: 16, purpose: "" }], "idle").values();
    this.#bindGroup = memory.device.createBindGroup({
      layout,
      entries: [{ binding: 0, resource: { buffer: this.#word } }],
    });
  }

  static async create(device: GPUDevice): Promise<IdleDispatches> {
    const layout = device.createBindGroupLayout({
      entries: [{ binding: 0, visibility: SHADER_STAGE_COMPUTE, buffer: { type: "storage" } }],
    });
    const pipeline = await device.createComputePipelineAsync({
      label: "idle",
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label: "idle", code: CODE }), entryPoint: "main" },
    });
    return new IdleDispatches(new GpuMemory(device), pipeline, layout);
  }

  /** Hands over so many submits of so many dispatches each. */
  async submit(dispatches: number, times: number): Promise<void> {
    const { device } = this.#memory;
    for (let i = 0; i < times; i++) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (let k = 0; k < dispatches; k++) {
        // Engines set both for every dispatch, too.
        pass.setPipeline(this.#pipeline);
        pass.setBindGroup(0, this.#bindGroup);
        pass.dispatchWorkgroups(1);
      }
      pass.end();
      device.queue.submit([encoder.finish()]);
      if (i % MOST_AHEAD === MOST_AHEAD - 1) await device.queue.onSubmittedWorkDone();
    }
  }

  /** Waits for all of them and gives the word that they leave alone: 0. */
  async read(): Promise<number> {
    return new Uint32Array(await this.#memory.read(this.#word, 0, 4))[0];
  }

  dispose(): void {
    this.#memory.dispose();
  }
}
