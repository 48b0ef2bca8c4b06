/** `backlit train` on the real MNIST, where its files are: BACKLIT_DATA names the folder, as for the command itself. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backlit, scratchFolder } from "./cli-support.ts";

const folder = await scratchFolder();
const MNIST = {
  name: "mnist",
  sha256: "b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a",
};

describe.skipIf(!process.env["BACKLIT_DATA"])("real MNIST (needs BACKLIT_DATA)", () => {
  it(
    "is read to 96.5 % after one epoch of 784 - 512 - 10 in headless Chrome",
    { timeout: 240_000 },
    async () => {
      const flags = ["--hidden", "512", "--epochs", "1", "--batch", "128", "--seed", "1", "--json"];
      const run = await backlit(["train", "--data", "mnist", ...flags, "--out", join(folder, "chrome")]);
      expect(run.last()).toMatchObject({
        type: "result",
        steps: 430,
        runtime: "chrome",
        dataset: MNIST,
        plan: { dispatchesPerStep: 3, bytesUploadedPerStep: 0 },
      });
      expect((run.last()["test"] as { accuracy: number }).accuracy).toBeGreaterThanOrEqual(0.965);
    },
  );

  it("is read to 93 % after one epoch of a small network in Node", { timeout: 120_000 }, async () => {
    const flags = ["--hidden", "64", "--epochs", "1", "--runtime", "node", "--json"];
    const run = await backlit(["train", "--data", "mnist", ...flags, "--out", join(folder, "node")]);
    expect(run.last()).toMatchObject({ type: "result", steps: 430, runtime: "node", dataset: MNIST });
    expect((run.last()["test"] as { accuracy: number }).accuracy).toBeGreaterThanOrEqual(0.93);
  });
});
