/**
 * How many steps to hand over at a time, so that step events come as often as asked for: at most a submit, and no more
 * than the device takes in that time, as measured. A plan's own estimate must err on the side of the slowest device, and a
 * small network would show nothing for seconds.
 */

/** Steps before the first measurement. */
const FIRST_STEPS = 4;

export class Pace {
  readonly #interval: number;
  /** Steps per millisecond. */
  #rate: number | undefined;

  /** @param interval milliseconds between step events; 0 (one per submit) and infinity (none) need no pace */
  constructor(interval: number) {
    this.#interval = interval;
    if (interval === 0 || interval === Infinity) this.#rate = Infinity;
  }

  /** Nothing has been measured: the next event should come as soon as there is something to tell. */
  get unknown(): boolean {
    return this.#rate === undefined;
  }

  /** @param most steps of a submit */
  steps(most: number): number {
    if (this.#rate === Infinity) return Math.max(1, most);
    const wanted = this.#rate === undefined ? FIRST_STEPS : Math.floor(this.#rate * this.#interval);
    return Math.max(1, Math.min(wanted, most));
  }

  /** @param seconds that these steps took; the first measurement includes warming up and soon gives way to the next */
  measure(steps: number, seconds: number): void {
    if (steps > 0 && seconds > 0 && this.#rate !== Infinity) this.#rate = steps / (1000 * seconds);
  }
}
