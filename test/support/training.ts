/** What the trainer's tests do with a run: collect it, stop it, look at what may not depend on time. */
import type { Engine } from "../../src/core/engine.ts";
import { readCheckpoint, writeCheckpoint, type Checkpoint } from "../../src/model/checkpoint.ts";
import type { CheckpointEvent, EpochEvent, TrainEvent, TrainResult } from "../../src/train/events.ts";
import type { TrainOptions } from "../../src/train/options.ts";
import { train } from "../../src/train/trainer.ts";

export interface Outcome {
  events: TrainEvent[];
  result: TrainResult | undefined;
  error: unknown;
}

/** Runs to the end, with every event a structured clone of what the trainer gave. */
export async function collect(
  engine: Engine,
  options: TrainOptions = {},
  onEvent: (event: TrainEvent) => void | Promise<void> = () => {},
): Promise<Outcome> {
  const events: TrainEvent[] = [];
  const iterator = train(engine, options);
  try {
    for (;;) {
      const { value, done } = await iterator.next();
      if (done) return { events, result: value, error: undefined };
      events.push(structuredClone(value));
      await onEvent(value);
    }
  } catch (error) {
    return { events, result: undefined, error };
  }
}

export function ofType<T extends TrainEvent["type"]>(
  events: TrainEvent[],
  type: T,
): Extract<TrainEvent, { type: T }>[] {
  return events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);
}

/** The epoch events without their times. */
export function epochs(events: TrainEvent[]): Omit<EpochEvent, "seconds">[] {
  return ofType(events, "epoch").map(({ seconds: _time, ...rest }) => rest);
}

/** A checkpoint event through its file and back. */
export function throughFile(engine: Engine, { state, trainer }: CheckpointEvent): Checkpoint {
  const { network, training, dataset, kind, precision, adapter } = engine;
  if (!dataset) throw new Error("the engine has no dataset");
  const config = { network, training, dataset, engine: kind, precision, adapter, options: {}, tuning: {} };
  return readCheckpoint(writeCheckpoint({ state, trainer, config }));
}

/** Sets a fresh engine to a checkpoint and goes on. */
export async function resume(
  engine: Engine,
  { state, trainer }: Pick<Checkpoint, "state" | "trainer">,
  options: TrainOptions = {},
): Promise<Outcome> {
  await engine.setState(state);
  return collect(engine, { ...options, resumeFrom: trainer });
}

/** The one checkpoint of this reason. */
export function checkpointOf(events: TrainEvent[], reason: CheckpointEvent["reason"]): CheckpointEvent {
  const found = ofType(events, "checkpoint").filter((event) => event.reason === reason);
  if (found.length !== 1) throw new Error(`${found.length} checkpoints with reason ${reason}`);
  return found[0];
}
