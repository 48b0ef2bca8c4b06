/** Lets whoever watches a run hold it and let it go on; the trainer asks between submits. */
export class PauseGate {
  #opened: Promise<void> | null = null;
  #open: () => void = () => {};

  get paused(): boolean {
    return this.#opened !== null;
  }

  pause(): void {
    this.#opened ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  resume(): void {
    this.#open();
    this.#opened = null;
  }

  /** Resolves at once when not paused, else when resumed or when the signal aborts. */
  async wait(signal?: AbortSignal): Promise<void> {
    if (this.#opened === null || signal?.aborted) return;
    let stop = (): void => {};
    const aborted = new Promise<void>((resolve) => {
      stop = resolve;
    });
    signal?.addEventListener("abort", stop, { once: true });
    await Promise.race([this.#opened, aborted]);
    signal?.removeEventListener("abort", stop);
  }
}
