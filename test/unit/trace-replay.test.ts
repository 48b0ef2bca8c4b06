/** Replay files: what they record comes back as it was, and what is none is refused. */
import { describe, expect, it } from "vitest";
import { resolveNetwork, resolveTraining } from "../../src/core/spec.ts";
import { SOFTWARE_TUNING } from "../../src/gpu/tuning.ts";
import { readReplay, writeReplay, type Replay } from "../../src/lens/trace/replay.ts";
import { readCheckpoint } from "../../src/model/checkpoint.ts";
import { readModel } from "../../src/model/model-file.ts";
import { readSafetensors, writeSafetensors } from "../../src/model/safetensors.ts";

const network = resolveNetwork({ input: 2, layers: [{ units: 3 }] });
const training = resolveTraining({ optimizer: "sgd" });
const found: NonNullable<Replay["first"]> = {
  step: 3,
  tensor: "logits",
  kernel: "head",
  shape: [1, 3],
  index: 2,
  gpu: Number.NaN,
  cpu: 0.5,
  reference: 0.25,
  bound: Infinity,
  comparison: "kernel",
  fault: "the logits are not finite",
};

function fileWith(first: Replay["first"]): Uint8Array {
  const parameters = { "layers.0.weight": new Float32Array(6), "layers.0.bias": new Float32Array(3) };
  return writeReplay({
    setting: { network, training, tuning: SOFTWARE_TUNING },
    inputs: {
      state: { parameters, moments: {}, step: 3 },
      numbers: { learningRate: 0.1, stepSize: 0.1, secondMomentScale: 1, decay: 1 },
      images: Uint8Array.of(1, 2),
      labels: Uint8Array.of(1),
    },
    adapter: "somebody's adapter",
    first,
  });
}

describe("a replay file", () => {
  it("records what was off, also where it was no number", () => {
    const { first, adapter } = readReplay(fileWith(found));
    expect(first).toEqual(found);
    expect(adapter).toBe("somebody's adapter");
    expect(readReplay(fileWith(null)).first).toBeNull();
  });

  it.each([
    ["a bound that is no number", { ...found, bound: "wide" }],
    ["no tensor", { ...found, tensor: undefined }],
    ["an index that is none", { ...found, index: -1 }],
  ])("is refused with %s", (_, first) => {
    const { tensors, metadata } = readSafetensors(fileWith(found));
    const header = { ...(JSON.parse(metadata["trace"]) as object), first };
    const bytes = writeSafetensors(tensors, { trace: JSON.stringify(header) });
    expect(() => readReplay(bytes)).toThrow(expect.objectContaining({ code: "trace/format" }));
  });
});

it("is named for what it is where a model or a checkpoint is wanted", () => {
  const file = fileWith(found);
  for (const [kind, read] of [
    ["model", readModel],
    ["checkpoint", readCheckpoint],
  ] as const) {
    expect(() => read(file)).toThrow(
      expect.objectContaining({
        code: `${kind}/replay`,
        message: `a ${kind} is needed, but the file is a replay file of a trace`,
        hint: expect.stringContaining("trace --replay"),
      }),
    );
  }
  // Another program's entry of that name says nothing of the kind.
  const other = writeSafetensors({}, { trace: "{}" });
  expect(() => readModel(other)).toThrow(expect.objectContaining({ code: "model/format" }));
});
