/**
 * Where a case runs: a device whose buffers are counted, engines that are disposed of behind each case, and error scopes
 * around it. Knows nothing of the test runner, so that it works on a page, in a worker and in Node alike.
 */
import { BacklitError } from "../../src/core/errors.ts";
import { createGpuEngine, type GpuEngine, type GpuEngineOptions } from "../../src/gpu/engine.ts";
import type { ShaderSources } from "../../src/gpu/shader-sources.ts";
import { Check, FirstFailure, type CheckSummary } from "../../src/lens/conformance/check.ts";

export interface Case {
  name: string;
  run: (lab: Lab) => Promise<void>;
}

export interface CaseReport extends CheckSummary {
  name: string;
  seconds: number;
  /** Of the error that ended the case, where it has one: `wgsl/compile`, … */
  errorCode?: string;
}

interface LabOptions {
  shaders?: ShaderSources;
  buffers?: BufferWatch;
  /** End a case where something in it fails first. */
  stopsAtFailure?: boolean;
}

/** Buffers of a device: how many are alive, and each by its label. */
export class BufferWatch {
  readonly #alive = new Set<GPUBuffer>();
  #created = 0;

  constructor(device: GPUDevice) {
    const create = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = create(descriptor);
      const destroy = buffer.destroy.bind(buffer);
      this.#alive.add(buffer);
      this.#created++;
      buffer.destroy = () => {
        this.#alive.delete(buffer);
        return destroy();
      };
      return buffer;
    };
  }

  get live(): number {
    return this.#alive.size;
  }

  /** Since the watch began. */
  get created(): number {
    return this.#created;
  }

  destroyAll(): void {
    for (const buffer of this.#alive) buffer.destroy();
  }

  /** The youngest living buffer of that label. */
  find(label: string): GPUBuffer {
    const found = [...this.#alive].findLast((buffer) => buffer.label === label);
    if (found === undefined) throw new Error(`there is no buffer "${label}"`);
    return found;
  }
}

export class Lab {
  readonly device: GPUDevice;
  readonly buffers: BufferWatch;
  /** Other shader texts than the product's, to see whether the cases notice. */
  readonly shaders: ShaderSources | undefined;
  /** A further device, for cases that destroy it. */
  readonly openDevice: () => Promise<GPUDevice>;
  readonly #stopsAtFailure: boolean;
  #check = new Check();
  #engines: GpuEngine[] = [];
  #endings: (() => void)[] = [];

  constructor(device: GPUDevice, openDevice: () => Promise<GPUDevice>, options: LabOptions = {}) {
    this.device = device;
    this.openDevice = openDevice;
    this.shaders = options.shaders;
    this.buffers = options.buffers ?? new BufferWatch(device);
    this.#stopsAtFailure = options.stopsAtFailure ?? false;
  }

  get check(): Check {
    return this.#check;
  }

  /** An engine that is disposed of when the case ends. */
  async engine(options: GpuEngineOptions, device: GPUDevice = this.device): Promise<GpuEngine> {
    const engine = await createGpuEngine(device, { shaders: this.shaders, ...options });
    this.#engines.push(engine);
    return engine;
  }

  /** What has to be done when the case ends, however it does. */
  atEnd(work: () => void): void {
    this.#endings.push(work);
  }

  /** The contents of a buffer that the device holds. */
  async read(buffer: GPUBuffer): Promise<ArrayBuffer> {
    const staging = this.device.createBuffer({
      size: buffer.size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const contents = staging.getMappedRange().slice(0);
    staging.destroy();
    return contents;
  }

  async run({ name, run }: Case): Promise<CaseReport> {
    const { device } = this;
    const check = (this.#check = new Check());
    check.stopsAtFailure = this.#stopsAtFailure;
    let errorCode: string | undefined;
    const start = performance.now();
    const before = this.buffers.live;
    const uncaptured: string[] = [];
    const onError = (event: GPUUncapturedErrorEvent): number => uncaptured.push(event.error.message);
    device.addEventListener("uncapturederror", onError);
    for (const scope of ["internal", "out-of-memory", "validation"] as const) device.pushErrorScope(scope);
    try {
      await run(this);
    } catch (error) {
      check.stopsAtFailure = false;
      if (error instanceof BacklitError) errorCode = error.code;
      if (!(error instanceof FirstFailure)) {
        check.that("the case runs to its end", false, error instanceof Error ? error.stack : error);
      }
    }
    check.stopsAtFailure = false;
    for (const work of this.#endings.splice(0)) work();
    for (const engine of this.#engines.splice(0)) {
      engine.dispose();
      const { liveBuffers } = engine.counters;
      check.that("a disposed engine has no live buffers", liveBuffers === 0, liveBuffers);
    }
    const errors = [await device.popErrorScope(), await device.popErrorScope(), await device.popErrorScope()];
    const messages = errors.flatMap((error) => (error === null ? [] : [error.message]));
    check.that("the device reports no error", messages.length === 0, messages.join("; "));
    await device.queue.onSubmittedWorkDone();
    device.removeEventListener("uncapturederror", onError);
    check.that("there is no uncaptured error", uncaptured.length === 0, uncaptured.join("; "));
    const left = this.buffers.live - before;
    check.that("every buffer was destroyed", left === 0, `${left} are left`);
    return { name, ...check.summary, seconds: (performance.now() - start) / 1000, errorCode };
  }
}
