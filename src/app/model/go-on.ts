/** Goes on with a run from its checkpoint, in the training view. */
import { SpecError } from "../../core/errors.ts";
import type { RunOptions } from "../../core/run-options.ts";
import type { Training } from "../../core/spec.ts";
import { counted } from "../../core/words.ts";
import { readCheckpoint, type Checkpoint } from "../../model/checkpoint.ts";
import { checkResume } from "../../train/resume.ts";
import { dataChoice, offerOf } from "../state/datasets.ts";
import { takeOptions } from "../state/options.ts";
import { addresses } from "../state/route.ts";
import type { KeptRun } from "../state/kept-run.ts";
import { goOn } from "../state/run.ts";
import { whatHinders, type Hindrance } from "../state/what-hinders.ts";

export interface Remaining {
  epochs: number;
  /** Finished ones. */
  epoch: number;
  step: number;
  /** Why it cannot simply go on; undefined where it can. */
  obstacle?: "finished" | Hindrance;
  /** Only a constant schedule does not depend on how many epochs there are. */
  prolongable: boolean;
}

/** Where the run stands. */
export function remaining({ state, config }: Checkpoint): Remaining {
  const { epochs, schedule } = config.training;
  const { epoch, step } = state;
  const { engine, dataset } = config;
  const obstacle = epoch >= epochs ? "finished" : whatHinders({ engine, dataset: dataset.name });
  return { epochs, epoch, step, ...(obstacle && { obstacle }), prolongable: schedule === "constant" };
}

/**
 * @param changes `epochs`: a larger total, where the schedule allows one; `maxSteps`: where the run is to end before
 * @param row the run's row in the list, where it is to be continued
 * @throws SpecError naming what is in the way
 */
export function goOnFrom(
  bytes: Uint8Array,
  changes: Pick<RunOptions, "epochs" | "maxSteps"> = {},
  row?: KeptRun,
): void {
  const { config } = readCheckpoint(bytes);
  const options = {
    ...checkResume(config, changes),
    data: offerOf(config.dataset.name),
  };
  const data = dataChoice(options.data);
  if (!data) {
    throw new SpecError("data", `the run was trained on ${config.dataset.name}; choose its four files first`);
  }
  takeOptions(options);
  location.hash = addresses.peek().train;
  void goOn({ options, data, checkpoint: bytes }, row);
}

/** Why a run that has ended by its schedule is no run to train on. */
export function whyComplete({ schedule, epochs }: Pick<Training, "schedule" | "epochs">): string {
  const planned = counted(epochs, "epoch");
  const fell =
    schedule === "cosine"
      ? `has brought the learning rate down to 0 over its ${planned}: there is nothing left to train with`
      : `has lowered the learning rate as was planned for ${planned}`;
  return (
    `The run is complete: its ${schedule} schedule ${fell}. Only a run with a constant schedule can be prolonged; ` +
    "to train longer, start a new one of more epochs."
  );
}

/** The options of a finished run with twice its epochs, in the training view, to be started there. */
export function setUpLonger({ config }: Checkpoint): void {
  takeOptions({ ...config.options, data: offerOf(config.dataset.name), epochs: 2 * config.training.epochs });
  location.hash = addresses.peek().train;
}
