/** What the command makes of a run: its result where it was interrupted, and the way on where the device was lost. */
import { existsSync, rmSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Output } from "../../src/cli/output.ts";
import { RunDirectory } from "../../src/cli/run-directory.ts";
import type { Runtime } from "../../src/cli/runtimes/runtime.ts";
import { TrainSession } from "../../src/cli/train-session.ts";
import { BacklitError, DeviceLostError } from "../../src/core/errors.ts";
import { syntheticDataset } from "../../src/data/synthetic/dataset.ts";
import type { JobEvent, TrainJob } from "../../src/worker/job.ts";
import { runTrainJob } from "../../src/worker/train-job.ts";
import { Sink } from "../support/sink.ts";

const folder = await mkdtemp(join(tmpdir(), "backlit-session-"));
afterAll(() => rm(folder, { recursive: true }));

const JOB: TrainJob = {
  kind: "train",
  engine: "cpu",
  adapter: "auto",
  options: { hidden: [4], batchSize: 10, epochs: 2, validation: 6 },
  data: { kind: "given", dataset: syntheticDataset({ train: 46, test: 10 }) },
};

/** Trains on the CPU engine; `after` sees every event on its way. */
async function trainWith(
  after: (event: JobEvent, stop: AbortController, path: string) => void,
  json: boolean,
): Promise<{ path: string; out: string; err: string; error: unknown }> {
  const stop = new AbortController();
  const runtime: Runtime = {
    name: "node",
    async *run(job, signal) {
      for await (const event of runTrainJob(job as TrainJob, { gpu: undefined, signal })) {
        yield event;
        after(event, stop, directory.path);
      }
      return undefined;
    },
  };
  const directory = await RunDirectory.open(await mkdtemp(join(folder, "run-")), false);
  const [out, err] = [new Sink(), new Sink()];
  const output = new Output({ json, out, err, env: {} });
  const context = { output, obtainChrome: undefined, exitCode: 0 };
  const tables = { get: async () => undefined, put: async () => undefined, delete: async () => undefined };
  const session = new TrainSession(context, directory, runtime, tables, undefined);
  const error: unknown = await session.run(JOB, stop.signal).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { path: directory.path, out: out.text, err: err.text, error };
}

it("ends with code 5 where the device is lost for good, and says how to go on if there is something saved", async () => {
  const lost = new DeviceLostError("destroyed", "by the test");
  const saved = await trainWith((event) => {
    if (event.type === "file") throw lost;
  }, false);
  expect(saved.error).toBeInstanceOf(BacklitError);
  expect(saved.error).toMatchObject({ code: "gpu/device-lost", exitCode: 5, message: lost.message });
  expect((saved.error as BacklitError).hint).toContain(`--resume ${saved.path}`);
  expect(existsSync(join(saved.path, "checkpoint.safetensors"))).toBe(true);
  expect(await readFile(join(saved.path, "report.html"), "utf8")).toContain("by the test");

  const early = await trainWith((event) => {
    if (event.type === "start") throw lost;
  }, false);
  expect(early.error).toMatchObject({ exitCode: 5, hint: lost.hint });
  expect(early.path).not.toBe(saved.path);
});

it("does not forget why a run ended where its folder takes nothing more", async () => {
  const lost = new DeviceLostError("destroyed", "by the test");
  const { err, error } = await trainWith((event, _, path) => {
    if (event.type !== "file") return;
    rmSync(path, { recursive: true });
    throw lost;
  }, false);
  expect(error).toMatchObject({ exitCode: 5, message: lost.message });
  expect(err).toMatch(/^warning: the run directory .* cannot be written: there is no such file/m);
});

it("names in what it prints which engine gave the figures", async () => {
  const { out, error } = await trainWith(() => undefined, false);
  expect(error).toBeUndefined();
  expect(out).toContain("cpu engine in node, plain loops on the CPU, float32");
  expect(out).toMatch(/of the test images, .* samples\/s\) on plain loops on the CPU, float32\n/);
});

it("says of an interrupted run that there is no test score", async () => {
  const { out } = await trainWith((event, stop) => {
    if (event.type === "epoch") stop.abort();
  }, true);
  const result = JSON.parse(out.trim().split("\n").at(-1)!) as object;
  expect(result).toMatchObject({ type: "result", reason: "aborted", test: null, steps: 4 });
});
