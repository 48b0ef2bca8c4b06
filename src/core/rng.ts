/**
 * Seeded random numbers. Host-side streams (initialisation, shuffling, splitting, drawing digits) come from
 * xoroshiro128+ of `pure-rand`; dropout uses a counter-based hash instead, because CPU and GPU must agree on it without
 * sharing a stream.
 */
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { JumpableRandomGenerator } from "pure-rand/types/JumpableRandomGenerator";

/** Independent streams drawn from one seed; each is 2^64 values away from the next. */
export type Stream = "initialisation" | "shuffle" | "split" | "data" | "cases";
const STREAMS: readonly Stream[] = ["initialisation", "shuffle", "split", "data", "cases"];

export class Random {
  readonly #generator: JumpableRandomGenerator;

  private constructor(generator: JumpableRandomGenerator) {
    this.#generator = generator;
  }

  /** @param seed any integer; its low 32 bits count. */
  static fromSeed(seed: number, stream: Stream): Random {
    const generator = xoroshiro128plus(seed | 0);
    for (let i = 0; i <= STREAMS.indexOf(stream); i++) generator.jump();
    return new Random(generator);
  }

  /** Goes on exactly where `state()` was taken. */
  static fromState(state: readonly number[]): Random {
    return new Random(xoroshiro128plusFromState(state));
  }

  state(): number[] {
    return [...this.#generator.getState()];
  }

  /** Uniform 32-bit unsigned integer. */
  uint32(): number {
    return this.#generator.next() >>> 0;
  }

  /** Uniform in [0, 1) with 24 random bits, exact in float32. */
  uniform(): number {
    return (this.uint32() >>> 8) * 2 ** -24;
  }

  /** Uniform integer in [0, n), unbiased (rejection); n from 1 to 2^32. */
  below(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    let value = this.uint32();
    while (value >= limit) value = this.uint32();
    return value % n;
  }

  /** Standard normal deviate (Box and Muller). For drawing only: `Math.log` and `Math.cos` may differ between engines. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Fisher-Yates shuffle in place. */
  shuffle(values: Uint32Array): Uint32Array {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const swap = values[i];
      values[i] = values[j];
      values[j] = swap;
    }
    return values;
  }
}

/**
 * The hash behind dropout: pcg4d (Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 2020). Four 32-bit
 * words in, four well-mixed words out; the same integers in WGSL (`shaders/dropout.wgsl`).
 */
export function pcg4d(x: number, y: number, z: number, w: number): [number, number, number, number] {
  const next = (v: number): number => (Math.imul(v, 1664525) + 1013904223) | 0;
  let [a, b, c, d] = [next(x), next(y), next(z), next(w)];
  const mix = (): void => {
    a = (a + Math.imul(b, d)) | 0;
    b = (b + Math.imul(c, a)) | 0;
    c = (c + Math.imul(a, b)) | 0;
    d = (d + Math.imul(b, c)) | 0;
  };
  mix();
  a ^= a >>> 16;
  b ^= b >>> 16;
  c ^= c >>> 16;
  d ^= d >>> 16;
  mix();
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

/** A unit is dropped when its random word is below this: floor(rate * 2^32). */
export function dropoutThreshold(rate: number): number {
  return Math.floor(rate * 2 ** 32) >>> 0;
}

/** The first word of the dropout hash: tells seeds and layers apart. @param layer index from 0 */
export function dropoutKey(seed: number, layer: number): number {
  return (seed ^ Math.imul(layer + 1, 0x9e3779b9)) >>> 0;
}

/**
 * Whether dropout keeps a unit: a pure function of its arguments.
 * @param row position in the batch; @param step counted from 0; @param layer index from 0.
 */
export function dropoutKeeps(
  seed: number,
  step: number,
  layer: number,
  row: number,
  unit: number,
  threshold: number,
): boolean {
  // One hash serves four neighbouring units.
  const words = pcg4d(dropoutKey(seed, layer), step, row, unit >>> 2);
  return words[unit & 3] >= threshold;
}
