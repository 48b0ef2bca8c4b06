/** One batch of inputs given as floats: predictions, or gradients without the fused update. */
import { notFinite } from "../model/engine-checks.ts";
import { writeEntry } from "./epoch-schedule.ts";
import { rowResults } from "./evaluator.ts";
import { CONTROL_BYTES, decodeFault, FAULT } from "./faults.ts";
import { padRows, unpackParameters, unpadRows } from "./layout.ts";
import type { GpuMemory } from "./memory.ts";
import { encode, prepare, type ReadyDispatch } from "./pipelines.ts";
import { ENTRY_WORDS, planFloats, RESULT_BYTES } from "./plan-programs.ts";
import type { Plan, PlanLimits, ProgramPlan } from "./plan-types.ts";

export interface FloatResult {
  loss: number;
  logits: Float32Array;
  probabilities: Float32Array;
  predicted: Uint8Array;
}

export class FloatProgram {
  readonly capacity: number;
  readonly #memory: GpuMemory;
  readonly #plan: Plan;
  readonly #program: ProgramPlan;
  readonly #own: ReadonlyMap<string, GPUBuffer>;
  readonly #dispatches: ReadyDispatch[];

  private constructor(
    memory: GpuMemory,
    plan: Plan,
    program: ProgramPlan,
    own: ReadonlyMap<string, GPUBuffer>,
    dispatches: ReadyDispatch[],
  ) {
    this.capacity = program.rows;
    this.#memory = memory;
    this.#plan = plan;
    this.#program = program;
    this.#own = own;
    this.#dispatches = dispatches;
  }

  static async create(
    memory: GpuMemory,
    plan: Plan,
    limits: PlanLimits,
    parameters: GPUBuffer,
    options: { rows: number; gradients: boolean },
  ): Promise<FloatProgram> {
    const program = planFloats(plan, limits, options.rows, options.gradients);
    const own = memory.allocate(program.buffers, options.gradients ? "gradients" : "prediction");
    const dispatches = await prepare(
      memory.device,
      program.dispatches,
      new Map([...own, ["parameters", parameters]]),
    );
    return new FloatProgram(memory, plan, program, own, dispatches);
  }

  /** @param inputs `[n * input]`, n from 1 to the capacity @throws ShapeError when an input makes a product overflow */
  async run(inputs: Float32Array, labels?: Uint8Array): Promise<FloatResult> {
    const { network } = this.#plan;
    const { device } = this.#memory;
    const rows = inputs.length / network.input;
    const entry = new Uint32Array(ENTRY_WORDS);
    writeEntry(entry, 0, { step: 0, first: 0, rows });
    const activations = this.#buffer("activations");
    this.#memory.upload(this.#buffer("control"), new Uint32Array(CONTROL_BYTES / 4));
    this.#memory.upload(this.#buffer("schedule"), entry);
    this.#memory.upload(this.#buffer("labels"), labels ?? new Uint8Array(rows));
    this.#memory.upload(activations, padRows(inputs, network.input), 16 * this.#program.activations.input);
    const encoder = device.createCommandEncoder({ label: "floats" });
    const pass = encoder.beginComputePass({ label: "floats" });
    encode(pass, this.#dispatches);
    pass.end();
    device.queue.submit([encoder.finish()]);

    const { logits, probabilities } = this.#program.activations;
    const bytes = 16 * Math.ceil(network.classes / 4) * rows;
    const [control, logitBytes, probabilityBytes, results] = await Promise.all([
      this.#memory.read(this.#buffer("control"), 0, CONTROL_BYTES),
      this.#memory.read(activations, 16 * logits, bytes),
      this.#memory.read(activations, 16 * probabilities, bytes),
      this.#memory.read(this.#buffer("results"), 0, RESULT_BYTES * rows),
    ]);
    const faultWord = new Uint32Array(control)[FAULT];
    if (faultWord !== 0) {
      const { layer, tensor } = decodeFault(faultWord, 0, network.layers.length);
      throw notFinite(tensor, layer);
    }
    const unpad = (buffer: ArrayBuffer): Float32Array =>
      unpadRows(new Float32Array(buffer), rows, network.classes);
    const { loss, predicted } = rowResults(results, rows);
    return { loss, predicted, logits: unpad(logitBytes), probabilities: unpad(probabilityBytes) };
  }

  /** The gradients of the last run. */
  async gradients(): Promise<Record<string, Float32Array>> {
    const bytes = await this.#memory.read(this.#buffer("gradients"), 0, 16 * this.#plan.parameters.vectors);
    return unpackParameters(this.#plan.network, new Float32Array(bytes));
  }

  dispose(): void {
    this.#memory.destroy(this.#own.values());
  }

  #buffer(name: string): GPUBuffer {
    return this.#own.get(name)!;
  }
}
