/** Which epoch was best on the validation split: what `keepBest` and early stopping go by. */
import type { Parameters } from "../core/engine.ts";
import { SpecError } from "../core/errors.ts";
import type { BestEpoch, Criterion, EpochSummary } from "../model/trainer-state.ts";

export interface Selection {
  criterion: Criterion;
  /** The best epoch's parameters are kept. */
  keep: boolean;
  /** Epochs without improvement after which the run ends; 0 is never. */
  patience: number;
}

export interface SelectionOptions {
  keepBest?: "none" | Criterion;
  earlyStopping?: number;
}

/**
 * Early stopping goes by what `keepBest` names, else by the loss.
 * @param hasValidation whether there are validation rows
 * @param resumed the best epoch of the run that is resumed
 * @returns `null` where neither was asked for
 * @throws SpecError without validation rows, or when the resumed run did not go by the same
 */
export function resolveSelection(
  options: SelectionOptions,
  hasValidation: boolean,
  resumed: BestEpoch | null,
): Selection | null {
  const { keepBest = "none", earlyStopping = 0 } = options;
  if (!Number.isInteger(earlyStopping) || earlyStopping < 0) {
    throw new SpecError(
      "earlyStopping",
      `earlyStopping must be a whole number from 0, but is ${earlyStopping}`,
    );
  }
  if (keepBest === "none" && earlyStopping === 0) return null;
  if (!hasValidation) {
    const option = keepBest === "none" ? "earlyStopping" : "keepBest";
    throw new SpecError(
      option,
      `${option} goes by the validation split, but the dataset has no validation rows`,
      "Hold some rows out of the training split (--validation N).",
    );
  }
  const keep = keepBest !== "none";
  const criterion = keep ? keepBest : "loss";
  if (resumed && (resumed.criterion !== criterion || (keep && resumed.parameters === null))) {
    const kept = resumed.parameters === null ? "none" : resumed.criterion;
    throw new SpecError(
      "keepBest",
      `keepBest is "${keepBest}", but the run that is resumed went by "${resumed.criterion}" and kept ${kept}`,
      "Resume with the options the run was started with.",
    );
  }
  return { criterion, keep, patience: earlyStopping };
}

/** The better of the best epoch so far and this one; a tie goes to the earlier. NaN is worse than any number. */
export function better(
  selection: Selection,
  best: BestEpoch | null,
  { epoch, validation }: EpochSummary,
  parameters: Parameters,
): BestEpoch | null {
  if (validation === null) return best;
  const { criterion, keep } = selection;
  const value = validation[criterion];
  const improved =
    best === null ||
    (criterion === "loss" ? value < best.value : value > best.value) ||
    (Number.isNaN(best.value) && !Number.isNaN(value));
  return improved ? { criterion, epoch, value, parameters: keep ? parameters : null } : best;
}

/** Whether `patience` epochs have brought nothing better. */
export function exhausted(selection: Selection | null, best: BestEpoch | null, epoch: number): boolean {
  if (selection === null || selection.patience === 0 || best === null) return false;
  return epoch - best.epoch >= selection.patience;
}
