/** What a caller can ask of a training run beyond what the engine was made for. */
import type { Engine, Evaluation, Parameters, StepRecord } from "../core/engine.ts";
import type { TrainerState } from "../model/trainer-state.ts";
import type { SelectionOptions } from "./best.ts";
import type { PauseGate } from "./pause.ts";

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
  /** Called with every step's own figures, oldest first, as they are read back; steps repeated after a lost device come again. */
  onRecords?: (records: readonly StepRecord[]) => void;
  /**
   * Called before each epoch's event with all of its evaluation, and with the parameters it is of: not to be changed. A run
   * that ends within an epoch calls it once more, with its last parameters.
   */
  onValidation?: (evaluation: Evaluation, parameters: Parameters) => void;
  /** Whether to end with an evaluation of the test split; default true. */
  evaluateTest?: boolean;
  /** Whether a run that is aborted after its first step is evaluated as any other; default false: it ends at once. */
  evaluateAborted?: boolean;
}
