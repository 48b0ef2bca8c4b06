/** The curves of the run under way: training by steps, validation by epochs. */
import { signal } from "@preact/signals";
import type { EpochEvent } from "../../train/events.ts";
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

  addSteps({ first, losses, correct, rows }: StepsEvent): void {
    losses.forEach((loss, i) => this.#bins.add(first + i, loss, correct[i], rows[i]));
    this.version.value++;
  }

  addEpoch({ step, validation }: EpochEvent): void {
    if (!validation) return;
    this.#validation.steps.push(step);
    this.#validation.loss.push(validation.loss);
    this.#validation.accuracy.push(validation.accuracy);
    this.version.value++;
  }

  data(): CurveData {
    return { train: this.#bins.points(), validation: thinned(this.#validation, MOST_POINTS) };
  }
}
