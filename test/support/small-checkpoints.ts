/** Checkpoints of a network of 6, 4 and 3 units on the CPU. */
import { resolveTraining } from "../../src/core/spec.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { writeCheckpoint } from "../../src/model/checkpoint.ts";

/** After one epoch of eight, and after two; an epoch is of two steps. */
export async function smallCheckpoints(): Promise<Uint8Array[]> {
  const checkpoints: Uint8Array[] = [];
  const split = {
    images: Uint8Array.from({ length: 60 }, (_, i) => (i * 37) & 255),
    labels: Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2, 0),
  };
  const dataset = { name: "small", height: 2, width: 3, classes: ["a", "b", "c"] };
  const network = { input: 6, layers: [{ units: 4 }, { units: 3 }] };
  const training = resolveTraining({ epochs: 8, batchSize: 5 });
  const engine = await createCpuEngine({
    network,
    training,
    dataset: { ...dataset, train: split, test: split },
  });
  for (let epoch = 1; epoch <= 2; epoch++) {
    await engine.run(2);
    checkpoints.push(
      writeCheckpoint({
        state: await engine.state(),
        trainer: { seconds: 1, history: [], best: null },
        config: {
          network: engine.network,
          training,
          options: {},
          dataset,
          engine: "cpu",
          precision: "float32",
          adapter: engine.adapter,
          tuning: {},
        },
      }),
    );
  }
  return checkpoints;
}
