/**
 * Random numbers for one drawn digit: a small generator whose state is hashed from (seed, index), so that digit i can be
 * drawn without drawing the ones before it. Only integer arithmetic and exact scaling: every JavaScript engine gives
 * the same bits, which `Math.log` or `Math.cos` would not promise.
 */
import { pcg4d } from "../../core/rng.ts";

/** A sum of four bytes has this standard deviation: sqrt(4 (256^2 - 1) / 12). */
const BYTE_SUM_DEVIATION = Math.sqrt((256 ** 2 - 1) / 3);

export class SampleRandom {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 0;

  /** Starts the stream of one digit. @param seed, @param index: their low 32 bits count. */
  restart(seed: number, index: number): void {
    const [a, b, c] = pcg4d(seed | 0, index | 0, 0x6469_6769, 0x7473);
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = 1;
  }

  /** Uniform 32-bit unsigned integer: one round of sfc32 (Chris Doty-Humphrey, PractRand). */
  uint32(): number {
    const result = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.uint32() * 2 ** -32;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Uniform integer in [0, n) for small n. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Nearly normal with mean 0 and deviation 1, never beyond 3.5: the centred sum of four bytes. */
  normal(): number {
    const word = this.uint32();
    const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
    return (sum - 510) / BYTE_SUM_DEVIATION;
  }
}
