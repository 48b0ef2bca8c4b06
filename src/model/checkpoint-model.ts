/** The model inside a checkpoint: its parameters as they stand, ready to be read with. */
import type { Checkpoint } from "./checkpoint.ts";
import { writeModel } from "./model-file.ts";

/**
 * A model file of the checkpoint's parameters, rounded to float32; at an epoch's end with that epoch's scores.
 * @throws FileFormatError when images or classes do not fit the network
 */
export function modelOfCheckpoint({ state, trainer, config }: Checkpoint): Uint8Array<ArrayBuffer> {
  const { network, training, dataset, options } = config;
  const { validation, seed } = options;
  const last = state.position === 0 ? trainer.history.at(-1) : undefined;
  return writeModel({
    network,
    parameters: state.parameters,
    dataset,
    training,
    ...(validation !== undefined && seed !== undefined && { validation: { rows: validation, seed } }),
    metrics: {
      steps: state.step,
      ...(last && { train: last.train }),
      ...(last?.validation && { validation: last.validation }),
    },
  });
}
