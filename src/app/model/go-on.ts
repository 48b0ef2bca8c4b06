/** Goes on with a run from its checkpoint, in the training view. */
import { SpecError } from "../../core/errors.ts";
import { readCheckpoint, type Checkpoint, type CheckpointConfig } from "../../model/checkpoint.ts";
import { checkResume } from "../../train/resume.ts";
import { dataChoice, OWN_FILES, OFFERS } from "../state/datasets.ts";
import { takeOptions } from "../state/options.ts";
import { addresses } from "../state/route.ts";
import { goOn } from "../state/run.ts";
import { adapterState } from "../state/trainer.ts";

export interface Remaining {
  epochs: number;
  /** Finished ones. */
  epoch: number;
  step: number;
  /** Why it cannot simply go on; undefined where it can. */
  obstacle?: "finished" | "no-adapter" | "no-files";
  /** Only a constant schedule does not depend on how many epochs there are. */
  prolongable: boolean;
}

/** Where the run stands. */
export function remaining({ state, config }: Checkpoint): Remaining {
  const { epochs, schedule } = config.training;
  const { epoch, step } = state;
  const obstacle =
    epoch >= epochs
      ? "finished"
      : config.engine === "gpu" && adapterState.value.state === "none"
        ? "no-adapter"
        : dataChoice(dataOf(config)) === undefined
          ? "no-files"
          : undefined;
  return { epochs, epoch, step, ...(obstacle && { obstacle }), prolongable: schedule === "constant" };
}

/**
 * @param epochs a larger total, where the schedule allows one
 * @throws SpecError naming what is in the way
 */
export function goOnFrom(bytes: Uint8Array, epochs?: number): void {
  const { config } = readCheckpoint(bytes);
  const options = { ...checkResume(config, epochs === undefined ? {} : { epochs }), data: dataOf(config) };
  const data = dataChoice(options.data);
  if (!data) {
    throw new SpecError("data", `the run was trained on ${config.dataset.name}; choose its four files first`);
  }
  takeOptions(options);
  location.hash = addresses.peek().train;
  void goOn({ options, data, checkpoint: bytes });
}

/** The name of the dataset among those of this page: what it does not know was somebody's own files. */
function dataOf({ dataset }: Pick<CheckpointConfig, "dataset">): string {
  return OFFERS.some(({ name }) => name === dataset.name) ? dataset.name : OWN_FILES;
}
