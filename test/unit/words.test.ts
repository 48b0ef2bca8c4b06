/** Numbers in sentences, and the errors that are made of them. */
import { expect, it } from "vitest";
import { commandLine, withCommands } from "../../src/core/command-line.ts";
import { DivergedError, LimitError } from "../../src/core/errors.ts";
import { byteSize, counted, grouped } from "../../src/core/words.ts";

it("groups thousands, and gives a count its noun", () => {
  expect(grouped(1234567)).toBe("1,234,567");
  expect([0, 1, 2, 12345].map((count) => counted(count, "step"))).toEqual([
    "0 steps",
    "1 step",
    "2 steps",
    "12,345 steps",
  ]);
  expect([1, 2].map((count) => counted(count, "class", "classes"))).toEqual(["1 class", "2 classes"]);
});

it("writes sizes in powers of 1000", () => {
  expect([0, 999, 1500, 11_594_722, 262_144_000, 3.2e9].map(byteSize)).toEqual([
    "0 B",
    "999 B",
    "1.5 kB",
    "11.6 MB",
    "262 MB",
    "3.2 GB",
  ]);
});

it("says what exceeds a limit in sizes that a person reads, and never the same for both", () => {
  const large = new LimitError("maxBufferSize", 3_136_000_000, 2 ** 31, "the weights");
  expect(large.message).toBe("the weights takes 3.1 GB, but this device allows 2.1 GB (maxBufferSize)");
  const close = new LimitError("maxBufferSize", 134_217_744, 134_217_728, "the weights");
  expect(close.message).toContain("134,217,744 bytes, but this device allows 134,217,728 bytes");
  const counts = new LimitError("maxComputeWorkgroupsPerDimension", 70_000, 65_535, "a dispatch");
  expect(counts.message).toBe(
    "a dispatch needs maxComputeWorkgroupsPerDimension = 70000, but this device allows 65535",
  );
});

it("writes commands as they can be pasted: in a clone, or where the package is installed", () => {
  expect(commandLine("train", ["--seed", "1"])).toBe("npm run train -- --seed 1");
  expect(commandLine("check")).toBe("npm run -s backlit -- check");
  expect(commandLine("train", ["--seed", "1"], "installed")).toBe("backlit train --seed 1");
  const hint = "Run `backlit doctor`, or see `backlit --help`; `train` and `npm run build` stay.";
  expect(withCommands(hint)).toBe(
    "Run `npm run -s backlit -- doctor`, or see `npm run -s backlit -- --help`; `train` and `npm run build` stay.",
  );
  expect(withCommands(hint, "installed")).toBe(hint);
});

it("says of a divergence what was not finite, when, and which state is kept", () => {
  const words = (tensor: string, step: number, restored: number): string =>
    new DivergedError({ step, layer: 1, tensor }, restored).message;
  expect(words("logits", 0, 0)).toBe(
    "the logits of layers.1 are not finite in the first step; the state before it is kept",
  );
  expect(words("dW", 7, 7)).toBe(
    "after 7 steps, dW of layers.1 is not finite; the state after 7 steps is kept",
  );
  expect(words("loss", 7, 4)).toBe(
    "after 7 steps, the loss is not finite; the state after 4 steps is kept, the last that was checked",
  );
  expect(words("weight", 7, 0)).toBe(
    "after 7 steps, the weights of layers.1 are not finite; the state before the first step is kept, the last that was checked",
  );
});
