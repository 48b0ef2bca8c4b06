/**
 * `npm run accuracy`: trains the default recipe on MNIST with three seeds through the command and prints the mean test
 * accuracy. Flags are passed on: `npm run accuracy -- --engine cpu --data fashion-mnist`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root, setUp } from "./setup.js";

const SEEDS = [1, 2, 3];

await setUp({ build: true });
const flags = process.argv.slice(2);
const data = flags.includes("--data") ? [] : ["--data", "mnist"];
const scratch = mkdtempSync(join(tmpdir(), "backlit-accuracy-"));
const accuracies = [];
try {
  for (const seed of SEEDS) {
    const result = await train(["--seed", String(seed), "--out", join(scratch, `seed-${seed}`)]);
    const { adapter, runtime, engine, steps } = result;
    const where = `${engine} engine, ${runtime}, ${adapter.description || adapter.architecture || adapter.vendor}`;
    accuracies.push(result.test.accuracy);
    process.stdout.write(
      `seed ${seed}: ${percent(result.test.accuracy)} of ${result.dataset.name}'s test images after ${steps} steps (${where})\n`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
process.stdout.write(`mean of ${SEEDS.length} seeds: ${percent(mean)}\n`);

function percent(value) {
  return `${(100 * value).toFixed(2)} %`;
}

/** One training run; its last line is the result. */
async function train(own) {
  const child = spawn(
    process.execPath,
    [join(root, "bin/backlit.js"), "train", ...data, ...flags, ...own, "--json"],
    { cwd: process.cwd(), stdio: ["ignore", "pipe", "inherit"] },
  );
  let last;
  for await (const line of createInterface({ input: child.stdout })) {
    last = JSON.parse(line);
    if (last.type === "epoch") {
      process.stderr.write(`  epoch ${last.epoch}: validation ${percent(last.validation?.accuracy ?? 0)}\n`);
    }
  }
  if (last?.type !== "result") {
    process.stderr.write(`${last?.message ?? "the run ended without a result"}\n${last?.hint ?? ""}\n`);
    process.exit(last?.exitCode ?? 1);
  }
  return last;
}
