/** What is known of an adapter, in browsers of every age. */
import { describe, expect, it } from "vitest";
import { whyNoWebGpu } from "../../src/app/state/no-webgpu.ts";
import { toBacklitError } from "../../src/core/errors.ts";
import { createGpuEngine } from "../../src/gpu/engine.ts";
import { adapterName, adapterOf, deviceLimits, requestDevice } from "../../src/gpu/device.ts";

interface Names {
  vendor?: string;
  description?: string;
  subgroupMinSize?: number;
  subgroupMaxSize?: number;
}

/** A GPU whose adapter and device say what they are told to. */
function gpuWith({ info, adapterInfo }: { info?: Names; adapterInfo?: Names }): GPU {
  const features = new Set(["subgroups"]);
  const limits = { maxBufferSize: 1 };
  const device = { features, limits, adapterInfo };
  const adapter = { features, limits, info, requestDevice: () => Promise.resolve(device) };
  return { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
}

const lanes = { subgroupMinSize: 4, subgroupMaxSize: 4 };

describe("the adapter of a device", () => {
  it("is told by the device where the browser has that", async () => {
    const device = await requestDevice(gpuWith({ adapterInfo: { vendor: "own", ...lanes } }));
    expect(adapterOf(device).vendor).toBe("own");
    expect(deviceLimits(device).subgroupSize).toBe(4);
  });

  it("is not claimed to be one where the CPU engine computes", () => {
    const names = { architecture: "float32", device: "", software: true };
    expect(adapterName({ ...names, vendor: "cpu", description: "plain loops" })).toBe("plain loops");
    expect(adapterName({ ...names, vendor: "v", description: "d" })).toBe(
      "d, v, float32 (software, not a GPU)",
    );
  });

  it("is remembered from the request where the device does not tell", async () => {
    const device = await requestDevice(gpuWith({ info: { description: "SwiftShader", ...lanes } }));
    expect(adapterOf(device)).toMatchObject({ description: "SwiftShader", vendor: "", software: true });
    expect(deviceLimits(device).subgroupSize).toBe(4);
  });

  it("is unnamed, not software and without known subgroups where neither tells", async () => {
    const device = await requestDevice(gpuWith({}));
    expect(adapterOf(device)).toMatchObject({ vendor: "", description: "", software: false });
    expect(adapterName(adapterOf(device))).toBe("unnamed adapter");
    expect(deviceLimits(device).subgroupSize).toBe(0);
  });
});

describe("a device that cannot be had", () => {
  it("is refused by its cause", async () => {
    const none = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
    await expect(requestDevice(undefined)).rejects.toMatchObject({ code: "adapter/webgpu", exitCode: 3 });
    await expect(requestDevice(none)).rejects.toMatchObject({ code: "adapter/none", exitCode: 3 });
  });

  it("is refused for an adapter that is no choice", async () => {
    const bogus = requestDevice(gpuWith({}), { adapter: "bogus" as "auto" });
    await expect(bogus).rejects.toMatchObject({
      code: "spec/adapter",
      message: 'adapter must be one of auto, hardware, software, but is "bogus"',
    });
  });

  it("is told on the page by its cause, another error in its own words", () => {
    const reason = (code: string) => whyNoWebGpu({ code, message: "it broke", hint: "" });
    expect(reason("adapter/webgpu").short).toBe("No WebGPU");
    expect(reason("adapter/none").short).toBe("No WebGPU adapter");
    const other = toBacklitError(new TypeError("cannot read vendor"));
    expect(whyNoWebGpu(other).text).toBe("WebGPU could not be used: Cannot read vendor.");
  });
});

it("a GPU engine computes in float32 and in nothing else", async () => {
  const network = { input: 2, layers: [{ units: 2 }] };
  for (const precision of ["f16-storage", "float64"]) {
    const options = { network, precision: precision as "float32" };
    await expect(createGpuEngine({} as GPUDevice, options)).rejects.toMatchObject({
      code: "spec/precision",
      exitCode: 2,
      message: `precision must be float32 on the GPU, but is ${precision}`,
    });
  }
});
