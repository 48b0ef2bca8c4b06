/**
 * A process of its own that runs cases on Dawn, so that a mutant that hangs or crashes the driver takes nothing along. The
 * process that leads asks, one question at a time.
 */
import { loadDawn } from "../../src/cli/runtimes/node.ts";
import { adapterName, describeAdapter, requestDevice } from "../../src/gpu/device.ts";
import { SHADER_SOURCES, type ShaderSources } from "../../src/gpu/shader-sources.ts";
import { CASES } from "../cases/index.ts";
import { BufferWatch, Lab } from "../support/gpu-lab.ts";
import { cachePipelines } from "./pipeline-cache.ts";
import type { Answer, Message, Question } from "./protocol.ts";

const NAMES = Object.keys(SHADER_SOURCES);
const MUTANT = "// mutant";

/** The product's texts, each with a mark that stays in what is composed of it. */
const MARKED = Object.fromEntries(
  NAMES.map((name, index) => [name, `${SHADER_SOURCES[name]}\n// file ${index}\n`]),
) as ShaderSources;

/** What devices were given to compile. */
class Composed {
  /** The product's own files. */
  readonly files = new Set<string>();
  isMutant = false;

  watch(device: GPUDevice): void {
    const create = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) => {
      const { code } = descriptor;
      for (const [, mark] of code.matchAll(/^\/\/ file (\d+)$/gm)) this.files.add(NAMES[Number(mark)]);
      this.isMutant ||= code.includes(MUTANT);
      return create(descriptor);
    };
  }

  clear(): void {
    this.files.clear();
    this.isMutant = false;
  }
}

/** A device with what is kept on it from question to question. */
interface Stage {
  device: GPUDevice;
  buffers: BufferWatch;
}

class CaseProcess {
  readonly #gpu: GPU;
  readonly #composed = new Composed();
  #stage: Stage | undefined;

  constructor(gpu: GPU) {
    this.#gpu = gpu;
  }

  async answer({ case: name, mutant }: Question): Promise<Answer> {
    const found = CASES.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no case "${name}"`);
    const { device, buffers } = (this.#stage ??= await this.#open());
    const composed = this.#composed;
    composed.clear();
    const shaders = mutant ? { ...MARKED, [mutant.file]: `${mutant.text}\n${MUTANT}\n` } : MARKED;
    const others: GPUDevice[] = [];
    const openDevice = async (): Promise<GPUDevice> => {
      const other = await requestDevice(this.#gpu);
      composed.watch(other);
      others.push(other);
      return other;
    };
    const lab = new Lab(device, openDevice, { shaders, buffers, stopsAtFailure: mutant !== undefined });
    const { failure, seconds, errorCode } = await lab.run(found);
    for (const other of others) other.destroy();
    // What a case left behind when it ended early. A device that had an error is not used again.
    buffers.destroyAll();
    if (failure !== "" && /device|uncaptured|runs to its end/.test(failure)) {
      device.destroy();
      this.#stage = undefined;
    }
    const notCompiled = errorCode === "wgsl/compile" || errorCode === "wgsl/unroll";
    const { files, isMutant } = composed;
    return { failure, seconds, files: [...files].sort(), isComposed: isMutant, notCompiled };
  }

  async #open(): Promise<Stage> {
    const device = await requestDevice(this.#gpu);
    cachePipelines(device, (code) => !code.includes(MUTANT));
    this.#composed.watch(device);
    return { device, buffers: new BufferWatch(device) };
  }
}

/** Answers until the other side goes away. */
export async function serveCases(): Promise<void> {
  const send = (message: Message): unknown => process.send!(message);
  const gpu = await loadDawn({ adapter: "software", say: () => {} });
  const cases = new CaseProcess(gpu);
  process.on("message", (question: Question) => {
    cases.answer(question).then(
      (answer) => send({ answer }),
      (error: unknown) => send({ error: error instanceof Error ? error.stack! : String(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
  const device = await requestDevice(gpu);
  send({ ready: adapterName(describeAdapter(device.adapterInfo)) });
  device.destroy();
}
