/**
 * The calls made on one device: taken one after another, in the order in which they were made. A lost device or an
 * uncaptured GPU error ends every pending and later call with a typed error.
 */
import { DeviceLostError, DisposedError, GpuError } from "../core/errors.ts";

/** How long a rejected call waits for the announcement that its device is lost, in milliseconds. */
const LOSS_GRACE = 200;

export class DeviceCalls {
  readonly #device: GPUDevice;
  #failure: Error | undefined;
  #disposed = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(device: GPUDevice) {
    this.#device = device;
    device.addEventListener("uncapturederror", this.#onError);
    void device.lost.then(({ reason, message }) => {
      this.#failure = new DeviceLostError(reason, message);
    });
  }

  /** @param what the method, for messages @throws DisposedError, DeviceLostError, GpuError and what the work throws */
  inTurn<T>(what: string, work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(async () => {
      this.#checkAlive(what);
      try {
        const value = await work();
        this.#checkAlive(what);
        return value;
      } catch (error) {
        throw await this.#explain(error, what);
      }
    });
    // The next call waits for this one, but its failure is only its own caller's.
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Runs work that allocates or compiles; validation and memory errors become its own. */
  async scoped<T>(work: () => Promise<T>): Promise<T> {
    this.#device.pushErrorScope("out-of-memory");
    this.#device.pushErrorScope("validation");
    let outcome: { value: T } | { thrown: unknown };
    try {
      outcome = { value: await work() };
    } catch (error) {
      outcome = { thrown: error };
    }
    const validation = await this.#device.popErrorScope();
    const memory = await this.#device.popErrorScope();
    if (memory !== null) {
      throw new GpuError("gpu/out-of-memory", `the device has no memory left: ${memory.message}`, {
        hint: "Use fewer units or a smaller batch.",
      });
    }
    if ("thrown" in outcome) throw outcome.thrown;
    if (validation !== null) throw new GpuError("gpu/validation", validation.message);
    return outcome.value;
  }

  dispose(): void {
    this.#disposed = true;
    this.#device.removeEventListener("uncapturederror", this.#onError);
  }

  readonly #onError = (event: GPUUncapturedErrorEvent): void => {
    this.#failure ??= new GpuError("gpu/uncaptured", event.error.message, { cause: event.error });
  };

  #checkAlive(what: string): void {
    if (this.#disposed) throw new DisposedError(`${what}()`);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A rejected read may be the first sign of a lost device: its announcement gets a moment to arrive. */
  async #explain(error: unknown, what: string): Promise<unknown> {
    if (this.#disposed) return new DisposedError(`${what}()`);
    const isForeign =
      error instanceof DOMException || (error instanceof Error && error.name === "AbortError");
    if (isForeign && this.#failure === undefined) {
      await Promise.race([this.#device.lost, new Promise((resolve) => setTimeout(resolve, LOSS_GRACE))]);
    }
    return isForeign ? (this.#failure ?? error) : error;
  }
}
