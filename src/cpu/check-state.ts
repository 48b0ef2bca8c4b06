/** Whether the numbers of an engine state can be gone on from; its tensors are `checkTensors`'s. */
import type { EngineState } from "../core/engine.ts";
import { ShapeError } from "../core/errors.ts";

/** Words of the shuffle generator's state. */
const GENERATOR_WORDS = 4;

/** @throws ShapeError when a count, the generator or a sum is not what an engine with this many steps could have given. */
export function checkCounts(state: EngineState, stepsPerEpoch: number): void {
  for (const name of ["step", "epoch", "position"] as const) {
    if (!Number.isSafeInteger(state[name]) || state[name] < 0) {
      throw new ShapeError(`setState: ${name} is ${state[name]}; it must be a whole number from 0`);
    }
  }
  if (state.position >= Math.max(1, stepsPerEpoch)) {
    throw new ShapeError(
      `setState: position is ${state.position}, but an epoch has ${stepsPerEpoch} steps`,
      "The state was taken with another dataset or batch size.",
    );
  }
  const { generator, sums } = state;
  if (generator.length !== GENERATOR_WORDS || !generator.every((word) => Number.isInteger(word))) {
    throw new ShapeError(
      `setState: generator is [${generator.join(", ")}]; it must be ${GENERATOR_WORDS} whole numbers`,
    );
  }
  for (const name of ["loss", "correct", "rows"] as const) {
    if (!Number.isFinite(sums[name])) {
      throw new ShapeError(`setState: sums.${name} is ${sums[name]}; it must be finite`);
    }
  }
}
