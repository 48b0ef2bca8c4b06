/** The curves of the run under way: training by steps, validation by epochs and, of a run that ends within one, at its end. */
import { signal } from "@preact/signals";
import type { Scores } from "../../train/events.ts";
import type { StepsEvent } from "../../worker/trainer-api.ts";
import { CurveBins, MOST_POINTS, thinned, type CurvePoints } from "./curve-bins.ts";

export type CurveName = "loss" | "accuracy";

/** A run's curves as plain values: what is drawn, kept between visits, and laid behind another run. */
export interface CurveData {
  train: CurvePoints;
  validation: CurvePoints;
}

export class Curves {
  #bins = new CurveBins();
  #validation: CurvePoints = { steps: [], loss: [], accuracy: [] };
  /** A new number with every change. */
  readonly version = signal(0);

  clear(): void {
    this.#bins = new CurveBins();
    this.#validation = { steps: [], loss: [], accuracy: [] };
    this.version.value++;
  }

  /**
   * Before the first step of a run that is gone on with: the training curve that was kept of it. Its validations are in the
   * checkpoint, and come as they did.
   * @param step steps taken before
   * @param rows of one step
   */
  restore({ train }: CurveData, step: number, rows: number): void {
    this.#bins.restore(train, step, rows);
    this.version.value++;
  }

  addSteps({ first, losses, correct, rows }: StepsEvent): void {
    losses.forEach((loss, i) => this.#bins.add(first + i, loss, correct[i], rows[i]));
    this.version.value++;
  }

  /** @param step steps taken before it; what is known of them already is not added again */
  addValidation(step: number, { loss, accuracy }: Scores): void {
    if (step <= (this.#validation.steps.at(-1) ?? 0)) return;
    this.#validation.steps.push(step);
    this.#validation.loss.push(loss);
    this.#validation.accuracy.push(accuracy);
    this.version.value++;
  }

  /** @param validation of the parameters after the last step, where it is known */
  end(step: number, validation: Scores | null): void {
    if (validation) this.addValidation(step, validation);
    this.version.value++;
  }

  data(): CurveData {
    return { train: this.#bins.points(), validation: thinned(this.#validation, MOST_POINTS) };
  }
}

/** The points until so many steps were taken. */
export function curvesUntil(step: number, { train, validation }: CurveData): CurveData {
  const cut = (points: CurvePoints): CurvePoints => {
    const isKept = (_: number, i: number): boolean => points.steps[i] <= step;
    return {
      steps: points.steps.filter(isKept),
      loss: points.loss.filter(isKept),
      accuracy: points.accuracy.filter(isKept),
    };
  };
  return { train: cut(train), validation: cut(validation) };
}
