/** Runs jobs in this process: WebGPU from the optional `webgpu` package (Dawn), or the CPU engine, which needs nothing. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { AdapterError } from "../../core/errors.ts";
import type { Job } from "../../worker/job.ts";
import { runJob } from "../../worker/run-job.ts";
import { restBetweenPolls } from "./dawn-polling.ts";
import { importOptional } from "./optional.ts";
import type { Runtime, RuntimeOptions } from "./runtime.ts";
import {
  findSwiftShader,
  onlySoftwareDrivers,
  provideVulkanLoader,
  useVulkanDriver,
  vulkanDrivers,
} from "./vulkan.ts";

interface DawnModule {
  create: (options: string[]) => GPU;
  globals: Record<string, unknown>;
}

/** Dawn's instance must outlive every device made from it. */
let instance: GPU | undefined;

/**
 * Dawn's `GPU`. On Linux without a Vulkan driver, or when a software adapter is asked for, the loader is pointed at
 * SwiftShader first, and that is said.
 * @throws AdapterError `runtime/missing` without the package, `adapter/none` where nothing can be loaded
 */
export async function loadDawn({ adapter, sayAdapter }: RuntimeOptions): Promise<GPU> {
  if (instance) return instance;
  if (process.platform === "linux") {
    chooseVulkanDriver(adapter, sayAdapter);
    provideVulkanLoader();
    if (onlySoftwareDrivers(vulkanDrivers())) restBetweenPolls();
  }
  const { create, globals } = await importOptional<DawnModule>("webgpu", () => import("webgpu"));
  // GPUBufferUsage, GPUMapMode and the like, which a page has by itself.
  Object.assign(globalThis, globals);
  // Timestamps to the nanosecond: what makes browsers round them is of no concern here.
  instance = create(["disable-dawn-features=timestamp_quantization"]);
  return instance;
}

function chooseVulkanDriver(adapter: RuntimeOptions["adapter"], say: RuntimeOptions["sayAdapter"]): void {
  const drivers = vulkanDrivers();
  if (drivers.length > 0 && adapter !== "software") return;
  if (onlySoftwareDrivers(drivers)) return;
  if (adapter === "hardware") {
    throw new AdapterError("adapter/hardware", "there is no Vulkan driver on this machine", {
      hint: "Install the driver of your GPU, or use --adapter software.",
    });
  }
  const swiftShader = findSwiftShader();
  if (!swiftShader) {
    throw new AdapterError(
      "adapter/none",
      "there is no Vulkan driver, and no Chrome whose SwiftShader could serve",
      {
        hint: "Install a Vulkan driver or a Chrome (`npx puppeteer browsers install chrome`), or use --engine cpu.",
      },
    );
  }
  if (adapter !== "software") say?.(`No Vulkan driver found; using the software adapter ${swiftShader}.`);
  useVulkanDriver(swiftShader);
}

/** Beside the built command. */
const PEER_FOLDER = fileURLToPath(new URL("./peers/", import.meta.url));

/** What the benchmark's peers look for: a browser's `navigator`. Node 20 has none, later ones have it without WebGPU. */
function provideNavigator(gpu: GPU | undefined): void {
  const value = {
    gpu,
    userAgent: `Node.js/${process.versions.node}`,
    hardwareConcurrency: availableParallelism(),
  };
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
}

export function nodeRuntime(options: RuntimeOptions): Runtime {
  return {
    name: "node",
    async *run(job: Job, signal: AbortSignal) {
      const gpu = job.engine === "gpu" ? await loadDawn(options) : undefined;
      if (job.kind === "bench" && job.peers.length > 0) provideNavigator(gpu);
      yield* runJob(job, { gpu, signal, peerFiles: PEER_FOLDER });
    },
  };
}
