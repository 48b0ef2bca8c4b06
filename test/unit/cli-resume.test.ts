/** What a resumed run keeps beside its options: the runtime and, where it can, the adapter. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkRuntime, resumeFrom, storedChoices } from "../../src/cli/resume.ts";
import { SpecError } from "../../src/core/errors.ts";
import { syntheticDataset } from "../../src/data/synthetic/dataset.ts";
import { readCheckpoint, writeCheckpoint } from "../../src/model/checkpoint.ts";
import type { FileEvent, JobEvent, TrainJob } from "../../src/worker/job.ts";
import { runTrainJob } from "../../src/worker/train-job.ts";
import { thrownBy } from "../support/errors.ts";

const dataset = syntheticDataset({ train: 30, test: 10 });
const job: TrainJob = {
  kind: "train",
  engine: "cpu",
  adapter: "auto",
  runtime: "node",
  options: { hidden: [4], batchSize: 12, epochs: 2, validation: 6, engine: "cpu", maxSteps: 2 },
  data: { kind: "given", dataset },
};

async function eventsOf(what: TrainJob): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of runTrainJob(what, { gpu: undefined, signal: new AbortController().signal })) {
    events.push(event);
  }
  return events;
}

let folder: string;
let checkpoint: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backlit-resume-"));
  const files = (await eventsOf(job)).filter((event): event is FileEvent => event.type === "file");
  checkpoint = files.findLast(({ name }) => name === "checkpoint.safetensors")!.bytes;
  await writeFile(join(folder, "moved.safetensors"), checkpoint);
});

afterAll(() => rm(folder, { recursive: true }));

it("a checkpoint away from its run knows its runtime, and refuses another", async () => {
  const resumed = await resumeFrom(join(folder, "moved.safetensors"), {});
  expect(await storedChoices(resumed)).toEqual({ runtime: "node" });
  expect(() => checkRuntime("node", "node")).not.toThrow();
  expect(() => checkRuntime("node", undefined)).not.toThrow();
  expect(() => checkRuntime(undefined, "chrome")).not.toThrow();
  expect(thrownBy(SpecError, () => checkRuntime("node", "chrome"))).toMatchObject({
    code: "spec/runtime",
    exitCode: 2,
    message: "--runtime is chrome, but the run that is resumed has node",
  });
});

it("a run that goes on on another adapter says that its bits will differ, and one on the same says nothing", async () => {
  const { state, trainer, config } = readCheckpoint(checkpoint);
  const elsewhere = { ...config, adapter: { ...config.adapter, description: "another" } };
  const options = { ...job.options, maxSteps: 4 };
  const resume = async (bytes: Uint8Array): Promise<JobEvent[]> =>
    (await eventsOf({ ...job, options, checkpoint: bytes })).filter(({ type }) => type === "warning");
  expect(await resume(checkpoint)).toEqual([]);
  const [warning] = await resume(writeCheckpoint({ state, trainer, config: elsewhere }));
  expect(warning).toMatchObject({ code: "resume/adapter" });
  expect((warning as { message: string }).message).toMatch(
    /was made on another, .*not end with the same bits/,
  );
});
