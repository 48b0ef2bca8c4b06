/**
 * Trains any engine: one call, an async iterator of events. The trainer keeps the device busy and the host idle: it hands
 * steps over in chunks, reads losses back only when an event needs them, and keeps a snapshot on the host from which a
 * run on a lost device goes on.
 */
import type { Engine } from "../core/engine.ts";
import { DeviceLostError, DivergedError } from "../core/errors.ts";
import type { TrainEvent, TrainResult } from "./events.ts";
import type { TrainOptions } from "./options.ts";
import { TrainingRun } from "./run.ts";

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
