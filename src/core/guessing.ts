/** Whether what a network has learned can be told from guessing. Pure. */
import type { ClassificationReport } from "./report.ts";

/** Standard deviations that chance is allowed. */
const DEVIATIONS = 3;

/** As many steps teach most networks something. */
const FEW_STEPS = 100;

export interface Training {
  /** Mean cross-entropy over the last epoch's steps; null where none was taken. */
  loss: number | null;
  /** Taken in all. */
  steps: number;
}

/**
 * The share of the most frequent class, 0 to 1, where the accuracy is not clearly above it: answering with that class alone
 * reads as well. Undefined where it is, or where there are too few rows, or only one class, to tell.
 */
export function guessingShare({ accuracy, perClass }: ClassificationReport): number | undefined {
  const supports = perClass.map(({ support }) => support);
  const rows = supports.reduce((sum, support) => sum + support, 0);
  const share = Math.max(...supports) / rows;
  const chance = share + DEVIATIONS * Math.sqrt((share * (1 - share)) / rows);
  return share < 1 && chance < 1 && accuracy <= chance ? share : undefined;
}

/**
 * What most likely keeps a network at guessing, and what to do, in a sentence or two. A loss well above that of equal
 * probabilities, `ln(classes)`, is not from having learned too little, but from steps that were too large.
 */
export function guessingCauses(classes: number, { loss, steps }: Training): string {
  const isWorse = loss !== null && !(loss <= 1.5 * Math.log(classes));
  if (isWorse) {
    return "The training loss is higher than that of equal probabilities: the learning rate is probably too high. Lower it.";
  }
  if (steps < FEW_STEPS) return "That is not unusual after so few steps: train longer.";
  return "The likely causes are a learning rate that is too high, or so low that it would take many more steps.";
}
