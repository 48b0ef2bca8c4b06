/**
 * Trains any engine: one call, an async iterator of events. The trainer keeps the device busy and the host idle: it hands
 * steps over in chunks, reads losses back only when an event needs them, and keeps a snapshot on the host from which a
 * run on a lost device goes on.
 */
import type { Engine } from "../core/engine.ts";
import { DeviceLostError, DivergedError } from "../core/errors.ts";
import type { TrainerState } from "../model/trainer-state.ts";
import type { SelectionOptions } from "./best.ts";
import type { TrainEvent, TrainResult } from "./events.ts";
import type { PauseGate } from "./pause.ts";
import { TrainingRun } from "./run.ts";

export interface TrainOptions extends SelectionOptions {
  /** Aborting finishes the steps in flight, gives a checkpoint and ends the run with reason `"aborted"`. */
  signal?: AbortSignal;
  pause?: PauseGate;
  /** Ends the run when this many steps have been taken in all; the schedule stays as it is. */
  maxSteps?: number;
  /** Milliseconds between `"step"` events; default 250. Each waits for the device. */
  stepInterval?: number;
  /** Seconds between `"checkpoint"` events within an epoch; default none. */
  checkpointInterval?: number;
  /** How often the state is copied to the host, in case the device is lost; default every 10 seconds. */
  snapshotInterval?: { seconds?: number; steps?: number };
  /**
   * Makes an engine of the same options on a new device. Called at most once per 100 steps. The caller disposes of the
   * old engine and of the new one.
   */
  reopen?: () => Promise<Engine>;
  /** From the checkpoint whose state the engine was set to. */
  resumeFrom?: TrainerState;
  /** Whether to end with an evaluation of the test split; default true. */
  evaluateTest?: boolean;
}

/**
 * Trains until the epochs of the engine's training specification are done, or another reason ends the run. Goes on from the
 * state the engine is in. While it runs, nobody else may take steps on the engine.
 *
 * Events: `"start"`, then `"step"`, `"epoch"`, `"checkpoint"` and `"warning"` as they come, then `"done"`, whose content is
 * also the iterator's return value.
 *
 * @throws SpecError before the first event, for options that the run cannot have
 * @throws DivergedError after a checkpoint of the last good state
 * @throws DeviceLostError after a checkpoint of the last snapshot, when the device cannot be had back or is lost a second
 *   time within 100 steps
 */
export async function* train(
  engine: Engine,
  options: TrainOptions = {},
): AsyncGenerator<TrainEvent, TrainResult, void> {
  const run = await TrainingRun.open(engine, options);
  yield run.start();
  for (;;) {
    try {
      return yield* run.advance();
    } catch (error) {
      if (error instanceof DivergedError) {
        yield await run.divergedCheckpoint();
        throw error;
      }
      if (!(error instanceof DeviceLostError)) throw error;
      yield* run.recover(error);
    }
  }
}
