/** Collects what a case compares, keeps the worst error over its bound and the details of the first failure. */
import { placeText } from "../../report/numbers.ts";

export interface CheckSummary {
  /** Numbers compared. */
  compared: number;
  /** The largest error over its bound; above 1 is a failure. */
  worst: number;
  worstAt: string;
  /** Empty when everything held. */
  failure: string;
}

/** Ends a check at its first failure. */
export class FirstFailure extends Error {}

export class Check {
  /** Whether a failure throws a `FirstFailure`, where one says all. */
  stopsAtFailure = false;
  #compared = 0;
  #worst = 0;
  #worstAt = "";
  #failure = "";

  /**
   * |actual - expected| <= bound, element by element; anything not finite fails.
   * @param shape by which elements are named, row and column; one row when left out
   */
  within(
    what: string,
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    bounds: ArrayLike<number>,
    shape: readonly number[] = [expected.length],
  ): void {
    this.#sameLength(what, actual, expected);
    for (let i = 0; i < expected.length; i++) {
      const error = Math.abs(actual[i] - expected[i]);
      const ratio = error === 0 ? 0 : error / bounds[i];
      if (ratio > this.#worst || Number.isNaN(ratio)) {
        this.#worst = ratio;
        this.#worstAt = `${what}${placeText(shape, i)}`;
      }
      // Written so that a NaN fails.
      if (!(ratio <= 1)) {
        this.#fail(
          `${what}${placeText(shape, i)} is ${actual[i]}, the reference has ${expected[i]}: ` +
            `off by ${error.toExponential(3)}, bound ${bounds[i].toExponential(3)}`,
        );
        break;
      }
    }
    this.#compared += expected.length;
  }

  /** The same numbers, exactly (0 and -0 are the same number). @param shape as for `within` */
  equal(
    what: string,
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    shape: readonly number[] = [expected.length],
  ): void {
    this.#sameLength(what, actual, expected);
    for (let i = 0; i < expected.length; i++) {
      if (actual[i] !== expected[i]) {
        this.#fail(`${what}${placeText(shape, i)} is ${actual[i]}, but must be exactly ${expected[i]}`);
        break;
      }
    }
    this.#compared += expected.length;
  }

  /** The same bits in every tensor. */
  sameBits(
    what: string,
    actual: Readonly<Record<string, ArrayBufferView>>,
    expected: Readonly<Record<string, ArrayBufferView>>,
  ): void {
    this.that(
      `${what}: the same tensors`,
      Object.keys(actual).join() === Object.keys(expected).join(),
      Object.keys(actual).join(", "),
    );
    for (const name of Object.keys(expected)) {
      const bits = (view: ArrayBufferView): Uint8Array =>
        new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      this.equal(`${what}: bytes of ${name}`, bits(actual[name]), bits(expected[name]));
    }
  }

  that(what: string, holds: boolean, details: unknown = ""): void {
    this.#compared++;
    if (!holds) this.#fail(`${what}${details === "" ? "" : `: ${String(details)}`}`);
  }

  /** Must reject with an error of this class; gives it. */
  async rejects<E extends Error>(
    what: string,
    work: Promise<unknown>,
    kind: abstract new (...args: never[]) => E,
  ): Promise<E | undefined> {
    try {
      await work;
    } catch (error) {
      this.that(`${what} throws ${kind.name}`, error instanceof kind, error);
      return error instanceof kind ? error : undefined;
    }
    this.that(`${what} throws ${kind.name}`, false, "nothing was thrown");
    return undefined;
  }

  get summary(): CheckSummary {
    return {
      compared: this.#compared,
      worst: this.#worst,
      worstAt: this.#worstAt,
      failure: this.#failure || (this.#compared === 0 ? "nothing was compared" : ""),
    };
  }

  #sameLength(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
    if (actual.length !== expected.length) {
      this.#fail(`${what} has ${actual.length} elements instead of ${expected.length}`);
    }
  }

  #fail(message: string): void {
    this.#failure ||= message;
    if (this.stopsAtFailure) throw new FirstFailure(message);
  }
}
