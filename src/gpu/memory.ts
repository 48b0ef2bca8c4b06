/** Buffers of one engine: made from a plan, counted, and all destroyed together. */
import { DisposedError } from "../core/errors.ts";
import { BUFFER_USAGE, MAP_MODE_READ } from "./flags.ts";
import type { BufferPlan } from "./plan-types.ts";

const STORAGE = BUFFER_USAGE.STORAGE | BUFFER_USAGE.COPY_SRC | BUFFER_USAGE.COPY_DST;
const STAGING = BUFFER_USAGE.MAP_READ | BUFFER_USAGE.COPY_DST;

export class GpuMemory {
  readonly device: GPUDevice;
  readonly #live = new Set<GPUBuffer>();
  #bytesUploaded = 0;
  #disposed = false;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  get liveBuffers(): number {
    return this.#live.size;
  }

  get bytesUploaded(): number {
    return this.#bytesUploaded;
  }

  /** Storage buffers by name, zeroed, at least 16 bytes each. */
  allocate(plans: readonly BufferPlan[], owner: string): Map<string, GPUBuffer> {
    return new Map(plans.map(({ name, bytes }) => [name, this.create(`${owner} ${name}`, bytes, STORAGE)]));
  }

  staging(bytes: number): GPUBuffer {
    return this.create("staging", bytes, STAGING);
  }

  create(label: string, bytes: number, usage: number): GPUBuffer {
    if (this.#disposed) throw new DisposedError(`allocating ${label}`);
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const buffer = this.device.createBuffer({ label, size, usage });
    this.#live.add(buffer);
    return buffer;
  }

  destroy(buffers: Iterable<GPUBuffer>): void {
    for (const buffer of buffers) {
      buffer.destroy();
      this.#live.delete(buffer);
    }
  }

  /** @param data its byte length is padded to whole words where needed */
  upload(buffer: GPUBuffer, data: ArrayBufferView, offset: number = 0): void {
    const { byteLength } = data;
    let bytes = new Uint8Array(data.buffer, data.byteOffset, byteLength);
    if (byteLength % 4 !== 0) {
      const padded = new Uint8Array(Math.ceil(byteLength / 4) * 4);
      padded.set(bytes);
      bytes = padded;
    }
    this.device.queue.writeBuffer(buffer, offset, bytes as Uint8Array<ArrayBuffer>);
    this.#bytesUploaded += bytes.byteLength;
  }

  /** Copies bytes of a buffer to the host. */
  async read(buffer: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    const staging = this.staging(bytes);
    try {
      const encoder = this.device.createCommandEncoder({ label: "read" });
      encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
      this.device.queue.submit([encoder.finish()]);
      await staging.mapAsync(MAP_MODE_READ, 0, bytes);
      return staging.getMappedRange(0, bytes).slice(0);
    } finally {
      this.destroy([staging]);
    }
  }

  dispose(): void {
    this.destroy([...this.#live]);
    this.#disposed = true;
  }
}
