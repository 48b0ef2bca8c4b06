/** `backlit tune`, and runs with --tune and --profile: found once, kept, used again, recorded; and where the time went. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { ProfileReport } from "../../src/core/profile.ts";
import type { TraceFile } from "../../src/gpu/trace.ts";
import type { TuneReport } from "../../src/gpu/tuner-types.ts";
import type { Tuning } from "../../src/gpu/tuning.ts";
import { backlit, scratchFolder, writeQuarters } from "./cli-support.ts";

const folder = await scratchFolder();
const network = ["--hidden", "12", "--batch", "16", "--optimizer", "sgd"];
let data: string[];
const env = { BACKLIT_CACHE: join(folder, "cache") };
const tables = join(folder, "cache", "tuning", "tables.json");

const json = async <T>(...path: string[]): Promise<T> =>
  JSON.parse(await readFile(join(folder, ...path), "utf8")) as T;

beforeAll(async () => {
  data = ["--data", await writeQuarters(join(folder, "quarters"))];
});

it("searches, reports every candidate, and keeps the table for runs of the same shapes", async () => {
  const tuned = await backlit(["tune", ...data, ...network, "--json"], env);
  expect(tuned.stderr).toContain("Tuning on ");
  expect(tuned.code).toBe(0);
  expect(tuned.lines()).toHaveLength(1);
  const report = tuned.last() as unknown as TuneReport & { type: string; runtime: string; key: string };
  expect(report).toMatchObject({
    type: "result",
    runtime: "chrome",
    mode: "fast",
    network: "64-12-4",
    batch: 16,
    optimizer: "sgd",
    adapter: { software: expect.any(Boolean) },
  });
  expect(report.products.map(({ what, layer }) => [what, layer])).toEqual([
    ["forward", 0],
    ["head", null],
    ["weightGradient", 0],
    ["weightGradient", 1],
  ]);
  for (const { candidates } of report.products) {
    for (const { ms, before, problem } of candidates) {
      expect(problem).toBeUndefined();
      expect(ms).toBeGreaterThan(0);
      expect(before).toBeGreaterThan(0);
    }
  }
  expect(Object.keys(await json("cache", "tuning", "tables.json"))).toEqual([report.key]);

  const out = join(folder, "tuned");
  const run = ["train", ...data, ...network, "--epochs", "2", "--tune", "fast", "--out", out, "--json"];
  const part = await backlit([...run, "--profile", "--max-steps", "40"], env);
  expect(part.code).toBe(0);
  expect(part.stderr).toContain(`Tiles as found before: ${report.tuning.name}`);
  expect((await json<{ tuning: Tuning }>("tuned", "config.json")).tuning).toEqual(report.tuning);

  const profile = await json<ProfileReport>("tuned", "profile.json");
  expect(part.last()).toMatchObject({ profile: join(out, "profile.json"), trace: join(out, "trace.json") });
  expect(profile).toMatchObject({ tuning: report.tuning.name, rows: 16, adapter: report.adapter });
  expect(profile.dispatches.map(({ name }) => name)).toEqual(["forward 0", "head", "update"]);
  expect(profile.dispatches.every(({ samples, bytes }) => samples > 0 && bytes > 0)).toBe(true);
  expect(profile.roofline.gflops).toBeGreaterThan(0);
  const { traceEvents } = await json<TraceFile>("tuned", "trace.json");
  expect(traceEvents.filter(({ cat }) => cat === "submit").length).toBeGreaterThan(0);
  expect(traceEvents.every(({ ts = 0, dur = 0 }) => ts >= 0 && dur >= 0)).toBe(true);

  // A resumed run goes on with its own table, though there is no kept one any more.
  await writeFile(tables, "spoilt");
  const rest = await backlit(["train", ...data, "--resume", out, "--json"], env);
  expect(rest.code).toBe(0);
  expect(rest.stderr).not.toMatch(/[Tt]uned|Tiles/);
  expect((await json<{ tuning: Tuning }>("tuned", "config.json")).tuning).toEqual(report.tuning);
}, 120_000);

it("prints the profile as a table, without --json", async () => {
  const out = join(folder, "profiled");
  const flags = ["--max-steps", "3", "--runtime", "node", "--profile", "--out", out];
  const run = await backlit(["train", ...data, ...network, ...flags], env);
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/dispatch +kernels +ms +share +GFLOP\/s/);
  expect(run.stdout).toMatch(/forward 0 +dense-forward/);
  expect(run.stdout).toMatch(/Profile of a training step on .+/);
  expect(existsSync(join(out, "trace.json"))).toBe(true);
});

it("refuses what makes no sense", async () => {
  expect((await backlit(["tune", ...data, "--tune", "off", "--json"], env)).last()).toMatchObject({
    type: "error",
    exitCode: 2,
  });
  const out = join(folder, "never");
  const profiled = await backlit(
    ["train", ...data, "--engine", "cpu", "--profile", "--out", out, "--json"],
    env,
  );
  expect(profiled.last()).toMatchObject({ type: "error", code: "spec/profile", exitCode: 2 });
  expect(existsSync(out)).toBe(false);
});
