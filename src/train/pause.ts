/**
 * Lets whoever watches a run hold it, let single steps through, and let it go on; the trainer asks between submits.
 */
export class PauseGate {
  #held = false;
  /** Steps that may be taken although the run is held. */
  #admitted = 0;
  #waiting = new Set<() => void>();
  /** Told when the run stands still. */
  #watching = new Set<() => void>();

  /** Whether nothing may be taken now. */
  get paused(): boolean {
    return this.#held && this.#admitted === 0;
  }

  pause(): void {
    this.#held = true;
  }

  resume(): void {
    this.#held = false;
    this.#admitted = 0;
    wake(this.#waiting);
    wake(this.#watching);
  }

  /** Holds the run, but for one more step. */
  step(): void {
    this.#held = true;
    this.#admitted++;
    wake(this.#waiting);
  }

  /** How many of so many steps may be taken now; of a run that is held, they are used up by asking. */
  admit(steps: number): number {
    if (!this.#held) return steps;
    const admitted = Math.min(steps, this.#admitted);
    this.#admitted -= admitted;
    return admitted;
  }

  /** Resolves at once when not paused, else when something may be taken or when the signal aborts. */
  async wait(signal?: AbortSignal): Promise<void> {
    if (!this.paused || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#waiting.delete(go);
        signal?.removeEventListener("abort", go);
        resolve();
      };
      this.#waiting.add(go);
      wake(this.#watching);
      signal?.addEventListener("abort", go, { once: true });
    });
  }

  /** Resolves when the run stands still and everything until then has been told; also when it is let go on instead. */
  async still(): Promise<void> {
    if (!this.#held || (this.paused && this.#waiting.size > 0)) return;
    await new Promise<void>((resolve) => {
      const tell = (): void => {
        this.#watching.delete(tell);
        resolve();
      };
      this.#watching.add(tell);
    });
  }
}

function wake(all: ReadonlySet<() => void>): void {
  for (const go of all) go();
}
