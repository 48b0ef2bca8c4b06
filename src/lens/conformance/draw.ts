/** Random networks, inputs and data sets to check kernels with: float32, from a seed, the same everywhere. */
import type { Dataset, Split } from "../../core/dataset.ts";
import { pcg4d, Random } from "../../core/rng.ts";
import type { Activation, Network, NetworkSpec } from "../../core/spec.ts";
import { parameterShapes } from "../../model/parameters.ts";

/**
 * The card that falls to `index` of a deck that is dealt again and again, shuffled anew each time: short runs have their fair
 * share of each. `before` is how often it has come up by then.
 * @param stream told apart from others of the same seed
 */
export function dealt<T>(
  deck: readonly T[],
  seed: number,
  stream: number,
  index: number,
): { card: T; before: number } {
  const size = deck.length;
  const round = Math.floor(index / size);
  const [shuffleSeed] = pcg4d(seed, stream, round, 3);
  const order = Random.fromSeed(shuffleSeed, "cases").shuffle(Uint32Array.from(deck.keys()));
  const cards = Array.from(order, (at) => deck[at]);
  const card = cards[index % size];
  const count = (some: readonly T[]): number => some.filter((each) => each === card).length;
  return { card, before: round * count(deck) + count(cards.slice(0, index % size)) };
}

export class Draw {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = Random.fromSeed(seed, "cases");
  }

  /** Uniform in [-scale, scale). */
  floats(size: number, scale: number = 1): Float32Array {
    return Float32Array.from({ length: size }, () => scale * (2 * this.#random.uniform() - 1));
  }

  /** Whole numbers from `least` to `most`. */
  integers(size: number, least: number, most: number): Float32Array {
    return Float32Array.from({ length: size }, () => least + this.#random.below(most - least + 1));
  }

  /** Pixels as images have them: runs of 0, between runs of anything. */
  bytes(size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const end = Math.min(size, at + 1 + this.#random.below(24));
      const empty = this.#random.below(5) < 3;
      for (; at < end; at++) bytes[at] = empty ? 0 : this.#random.below(256);
    }
    return bytes;
  }

  /** Pixels of which few are lit, most of those as little as can be: what steps over zeros must not step over them. */
  specks(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () =>
      this.#random.below(12) > 0 ? 0 : this.pick([1, 1, 1, 2, 128, 255]),
    );
  }

  /** A whole number from 0 to below n. */
  below(n: number): number {
    return this.#random.below(n);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }

  labels(rows: number, classes: number): Uint8Array {
    return Uint8Array.from({ length: rows }, () => this.#random.below(classes));
  }

  rows(count: number, below: number): Uint32Array {
    return Uint32Array.from({ length: count }, () => this.#random.below(below));
  }

  /** Weights of about unit gain and biases that are not 0. */
  parameters(network: Network): Record<string, Float32Array> {
    return Object.fromEntries(
      parameterShapes(network).map(({ name, layer, kind, size }) => {
        const scale = kind === "bias" ? 0.5 : Math.sqrt(3 / network.layers[layer].inputs);
        return [name, this.floats(size, scale)];
      }),
    );
  }

  /** Noise with random labels: nothing to learn, everything to compute. `side * side` pixels. */
  dataset(side: number, classes: number, rows: { train: number; test?: number }): Dataset {
    const split = (n: number): Split => ({
      images: this.bytes(n * side * side),
      labels: this.labels(n, classes),
    });
    return {
      name: "noise",
      height: side,
      width: side,
      classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
      train: split(rows.train),
      test: split(rows.test ?? 1),
    };
  }
}

/** A stack of hidden layers `[units, activation, dropout]` below an output layer. */
export function stack(
  input: number,
  hidden: readonly (readonly [units: number, activation?: Activation, dropout?: number])[],
  classes: number,
): NetworkSpec {
  const layers = hidden.map(([units, activation = "relu", dropout = 0]) => ({ units, activation, dropout }));
  return { input, layers: [...layers, { units: classes }] };
}

/** A network's first layer alone, as if its units were the logits. */
export function firstLayer({ input, layers }: Network): Network {
  return { input, layers: layers.slice(0, 1), classes: layers[0].units };
}
