/** What a training job says beyond the trainer's own events. */
import { expect, it } from "vitest";
import { syntheticDataset } from "../../src/data/synthetic/dataset.ts";
import { readCheckpoint } from "../../src/model/checkpoint.ts";
import type { FileEvent, JobEvent } from "../../src/worker/job.ts";
import { runTrainJob } from "../../src/worker/train-job.ts";

const dataset = syntheticDataset({ train: 30, test: 10 });

async function eventsOf(batchSize: number, checkpoint?: Uint8Array): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  const options = { hidden: [4], batchSize, epochs: 2, validation: 6 };
  const job = {
    kind: "train",
    engine: "cpu",
    adapter: "auto",
    options,
    data: { kind: "given", dataset },
    ...(checkpoint && { checkpoint }),
  } as const;
  for await (const event of runTrainJob(job, { gpu: undefined, signal: new AbortController().signal })) {
    events.push(event);
  }
  expect(events.at(-1)).toMatchObject({ type: "done", steps: 2 });
  return events;
}

async function warningsOf(batchSize: number): Promise<JobEvent[]> {
  return (await eventsOf(batchSize)).filter(({ type }) => type === "warning");
}

it("warns of a batch that is larger than the training split, and of no other", async () => {
  expect(await warningsOf(24)).toEqual([]);
  expect(await warningsOf(1000)).toEqual([
    {
      type: "warning",
      code: "data/batch",
      message:
        "the batch of 1,000 rows is larger than the training split of 24 rows: every step takes all of them, one step per epoch",
      hint: "",
    },
  ]);
});

it("comes to its end from its last checkpoint, too, where only the test images had not been read", async () => {
  const whole = await eventsOf(24);
  const checkpoints = whole.filter(
    (event): event is FileEvent => event.type === "file" && event.name === "checkpoint.safetensors",
  );
  const last = checkpoints.at(-1)!;
  expect(last).toMatchObject({ steps: 2, seconds: readCheckpoint(last.bytes).trainer.seconds });
  const resumed = await eventsOf(24, last.bytes);
  const ending = (events: JobEvent[]) => events.find(({ type }) => type === "evaluation");
  expect(ending(resumed)).toEqual(ending(whole));
  expect(ending(resumed)).toMatchObject({ split: "test" });
});
