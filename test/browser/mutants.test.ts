/**
 * The cases are sharp: a sample of the faults of `npm run mutants` (docs/mutation-tests.md), each of which makes a case
 * fail. The command itself runs all of them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SAMPLE = 10;
const script = fileURLToPath(new URL("../../scripts/mutants.js", import.meta.url));

test("ten faults in the shaders are noticed", { timeout: 300_000 }, async () => {
  const flags = ["--sample", String(SAMPLE), "--seed", "38", "--workers", "1", "--json"];
  const program = spawn(process.execPath, [script, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(program, "close");
  const [output, errors] = await Promise.all([text(program.stdout), text(program.stderr)]);
  // The pipes end before the process does.
  const [exitCode] = (await ended) as [number | null];
  const lines = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const verdicts = lines.filter(({ result }) => result === "killed");
  for (const { id, by } of verdicts) console.log(`${String(id)}: noticed by "${String(by)}"`);
  expect(lines.at(-1), errors).toMatchObject({
    type: "result",
    mutants: SAMPLE,
    killed: SAMPLE,
    survivors: 0,
  });
  expect(exitCode).toBe(0);
});
