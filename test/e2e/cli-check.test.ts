/** `backlit check`: that it says right of what is right, in the form that programs read. */
import { expect, it } from "vitest";
import { backlit } from "./cli-support.ts";

it("check --gradients gives every tensor's errors, and refuses what is no network", async () => {
  const answer = await backlit([
    "check",
    "--gradients",
    "--layers",
    "6,5,4",
    "--activation",
    "tanh",
    "--json",
  ]);
  expect(answer.code).toBe(0);
  expect(answer.lines()).toHaveLength(1);
  const result = answer.last() as { tensors: { name: string; largest: number; median: number }[] };
  expect(result).toMatchObject({ type: "result", mode: "gradients", cases: 59, failures: 0, passed: true });
  expect(result.tensors.map(({ name }) => name)).toEqual([
    "layers.0.weight",
    "layers.0.bias",
    "layers.1.weight",
    "layers.1.bias",
  ]);
  expect(result.tensors.every(({ largest, median }) => largest < 1e-6 && median <= largest)).toBe(true);
  const wrong = await backlit(["check", "--gradients", "--layers", "6", "--json"]);
  expect(wrong.code).toBe(2);
  expect(wrong.last()).toMatchObject({ type: "error", code: "spec/layers" });
});
