/** From `navigator.gpu` (or Dawn's in Node) to a device, and what there is to say about its adapter. */
import type { AdapterSummary } from "../core/engine.ts";
import { AdapterError, SpecError } from "../core/errors.ts";
import { DEFAULT_LIMITS, type PlanLimits } from "./plan-types.ts";

const WISHES = ["auto", "hardware", "software"] as const;
type Wish = (typeof WISHES)[number];

export interface RequestDeviceOptions {
  /** `auto` takes the best there is; `hardware` refuses software adapters; `software` asks for one. */
  adapter?: Wish;
}

/**
 * Every `GPU` a device was asked of, for good: there is one per page or process. Dawn in Node aborts the process when its
 * instance is collected while a device of it lives, and nothing else would hold a caller's local variable.
 */
const instances = new Set<GPU>();

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|warp|basic render|software/i;

/**
 * What each device's adapter said of itself when `requestDevice` asked it: `GPUDevice.adapterInfo` is younger than WebGPU
 * (Chrome and Edge have it from 132) and cannot be made up for later.
 */
const remembered = new WeakMap<GPUDevice, GPUAdapterInfo>();

/** What a device's adapter says of itself; undefined where the browser tells nobody. */
function adapterInfoOf(device: GPUDevice): GPUAdapterInfo | undefined {
  const { adapterInfo }: { adapterInfo?: GPUAdapterInfo } = device;
  return adapterInfo ?? remembered.get(device);
}

/** What is known of a device's adapter. Nothing is assumed where the browser does not tell: its fields are empty then. */
export function adapterOf(device: GPUDevice): AdapterSummary {
  return describeAdapter(adapterInfoOf(device));
}

/** What is known of an adapter; fields a browser hides are empty. */
export function describeAdapter(info: Partial<GPUAdapterInfo> | undefined): AdapterSummary {
  const { vendor = "", architecture = "", device = "", description = "" } = info ?? {};
  const fallback = info?.isFallbackAdapter === true;
  return {
    vendor,
    architecture,
    device,
    description,
    software: fallback || SOFTWARE.test(`${vendor} ${architecture} ${device} ${description}`),
  };
}

/** Invocations of a subgroup, where all have the same number and the device may use them; otherwise 0. */
export function subgroupSizeOf(device: GPUDevice): number {
  const { subgroupMinSize, subgroupMaxSize } = adapterInfoOf(device) ?? {};
  const uniform = subgroupMinSize !== undefined && subgroupMinSize === subgroupMaxSize;
  return uniform && device.features.has("subgroups") ? subgroupMinSize : 0;
}

/** One line that names an adapter, or the CPU engine in its place, wherever a figure is shown. */
export function adapterName(adapter: AdapterSummary): string {
  if (adapter.vendor === "cpu") return adapter.description;
  const names = [adapter.description || adapter.device, adapter.vendor, adapter.architecture].filter(Boolean);
  const name = [...new Set(names)].join(", ") || "unnamed adapter";
  return adapter.software ? `${name} (software, not a GPU)` : name;
}

/**
 * A device with the adapter's own limits, so that large data sets and networks fit where the hardware allows it.
 * @param gpu `navigator.gpu`, or what the `webgpu` package's `create()` gives in Node
 * @throws AdapterError `adapter/webgpu` without WebGPU; `adapter/none`, `adapter/hardware` or `adapter/software` without
 *   such an adapter; SpecError for any other `adapter`
 */
export async function requestDevice(
  gpu: GPU | undefined,
  options: RequestDeviceOptions = {},
): Promise<GPUDevice> {
  const wanted = options.adapter ?? "auto";
  if (!WISHES.includes(wanted)) {
    const given = JSON.stringify(wanted) ?? "undefined";
    throw new SpecError("adapter", `adapter must be one of ${WISHES.join(", ")}, but is ${given}`);
  }
  if (gpu === undefined) {
    throw new AdapterError("adapter/webgpu", "this environment has no WebGPU (navigator.gpu is missing)", {
      hint: "Use a browser with WebGPU over https or localhost, or train with the CPU engine.",
    });
  }
  instances.add(gpu);
  const adapter = await findAdapter(gpu, wanted);
  if (adapter === null) {
    throw new AdapterError(
      `adapter/${wanted === "auto" ? "none" : wanted}`,
      `no ${wanted === "auto" ? "" : `${wanted} `}WebGPU adapter was found`,
      {
        hint: "Run `backlit doctor` to see which adapters there are, or train with the CPU engine.",
      },
    );
  }
  const requiredFeatures = USEFUL_FEATURES.filter((name) => adapter.features.has(name));
  const requiredLimits = Object.fromEntries(USEFUL_LIMITS.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ label: "backlit", requiredFeatures, requiredLimits });
  const info = infoOf(adapter);
  if (info !== undefined) remembered.set(device, info);
  return device;
}

/** Those of a device's limits that plans are made against. */
export function deviceLimits(device: GPUDevice): PlanLimits {
  const { subgroupSize: _, ...named } = DEFAULT_LIMITS;
  const names = Object.keys(named) as (keyof typeof named)[];
  const limits = Object.fromEntries(names.map((name) => [name, device.limits[name]])) as typeof named;
  return { ...limits, subgroupSize: subgroupSizeOf(device) };
}

const USEFUL_FEATURES: readonly GPUFeatureName[] = ["timestamp-query", "subgroups"];
const USEFUL_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
] as const;

/** Browsers older than `GPUAdapter.info` give nothing. */
function infoOf(adapter: GPUAdapter): GPUAdapterInfo | undefined {
  const { info }: { info?: GPUAdapterInfo } = adapter;
  return info;
}

async function findAdapter(gpu: GPU, wanted: Wish): Promise<GPUAdapter | null> {
  const isSoftware = (adapter: GPUAdapter): boolean => describeAdapter(infoOf(adapter)).software;
  const best = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (wanted === "hardware") return best !== null && !isSoftware(best) ? best : null;
  if (wanted === "auto" && best !== null) return best;
  if (best !== null && isSoftware(best)) return best;
  return gpu.requestAdapter({ forceFallbackAdapter: true });
}
