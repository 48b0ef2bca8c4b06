/** What a training job says beyond the trainer's own events. */
import { expect, it } from "vitest";
import { syntheticDataset } from "../../src/data/synthetic/dataset.ts";
import type { JobEvent } from "../../src/worker/job.ts";
import { runTrainJob } from "../../src/worker/train-job.ts";

const dataset = syntheticDataset({ train: 30, test: 10 });

async function warningsOf(batchSize: number): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  const options = { hidden: [4], batchSize, epochs: 2, validation: 6 };
  const job = {
    kind: "train",
    engine: "cpu",
    adapter: "auto",
    options,
    data: { kind: "given", dataset },
  } as const;
  for await (const event of runTrainJob(job, { gpu: undefined, signal: new AbortController().signal })) {
    events.push(event);
  }
  expect(events.at(-1)).toMatchObject({ type: "done", steps: 2 });
  return events.filter(({ type }) => type === "warning");
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
