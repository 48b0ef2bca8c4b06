/**
 * Every step of a run, as means over equal numbers of steps. There are never more than so many means: whenever they would
 * be, two become one. So what a run's curve looks like follows from its steps alone, however fast or slow they came.
 */

export interface CurvePoints {
  /** Steps taken by the end of each point. */
  steps: number[];
  loss: number[];
  accuracy: number[];
}

/** Points of a curve that are drawn and kept, an even number: about one for each pixel of a plot. */
export const MOST_POINTS = 800;

interface Sums {
  loss: number;
  correct: number;
  rows: number;
}

export class CurveBins {
  readonly #capacity: number;
  #sums: Sums[] = [];
  /** Steps per mean. */
  #width = 1;
  #next = 0;

  /** @param capacity most means, an even number */
  constructor(capacity = MOST_POINTS) {
    this.#capacity = capacity;
  }

  /** The step that is expected next, counted from 0. */
  get next(): number {
    return this.#next;
  }

  /**
   * A step that was counted before (a device was lost, and the run went back) is not counted again.
   * @param loss mean over the rows
   */
  add(step: number, loss: number, correct: number, rows: number): void {
    if (step < this.#next) return;
    this.#next = step + 1;
    while (Math.floor(step / this.#width) >= this.#capacity) this.#halve();
    const bin = Math.floor(step / this.#width);
    while (this.#sums.length <= bin) this.#sums.push({ loss: 0, correct: 0, rows: 0 });
    const sums = this.#sums[bin];
    sums.loss += loss * rows;
    sums.correct += correct;
    sums.rows += rows;
  }

  /**
   * Begins with the means of a run that is gone on with. How many rows each is over is not known any more: all steps before
   * count alike.
   * @param points as `points` gave them
   * @param next steps taken until then
   * @param rows of one step
   */
  restore({ steps, loss, accuracy }: CurvePoints, next: number, rows: number): void {
    this.#next = next;
    while (Math.floor((next - 1) / this.#width) >= this.#capacity) this.#width *= 2;
    this.#sums = Array.from({ length: Math.ceil(next / this.#width) }, () => ({
      loss: 0,
      correct: 0,
      rows: 0,
    }));
    let before = 0;
    steps.forEach((end, i) => {
      if (end > next) return;
      const bin = Math.ceil(end / this.#width) - 1;
      const known = (end - Math.max(before, bin * this.#width)) * rows;
      const sums = this.#sums[bin];
      sums.loss += loss[i] * known;
      sums.correct += accuracy[i] * known;
      sums.rows += known;
      before = end;
    });
  }

  points(): CurvePoints {
    const filled = this.#sums.map((sums, bin) => ({ ...sums, end: (bin + 1) * this.#width }));
    // A run that was resumed has nothing before its first step.
    const known = filled.filter(({ rows }) => rows > 0);
    return {
      steps: known.map(({ end }) => Math.min(end, this.#next)),
      loss: known.map(({ loss, rows }) => loss / rows),
      accuracy: known.map(({ correct, rows }) => correct / rows),
    };
  }

  #halve(): void {
    const halved: Sums[] = [];
    this.#sums.forEach((sums, bin) => {
      if (bin % 2 === 0) halved.push({ ...sums });
      else {
        const pair = halved[halved.length - 1];
        pair.loss += sums.loss;
        pair.correct += sums.correct;
        pair.rows += sums.rows;
      }
    });
    this.#sums = halved;
    this.#width *= 2;
  }
}

/** At most so many of these points: every second, third and so on, and always the last. */
export function thinned(points: CurvePoints, most: number): CurvePoints {
  const stride = Math.ceil(points.steps.length / most);
  const last = points.steps.length - 1;
  const keep = (_: number, index: number): boolean => (last - index) % stride === 0;
  return {
    steps: points.steps.filter(keep),
    loss: points.loss.filter(keep),
    accuracy: points.accuracy.filter(keep),
  };
}
