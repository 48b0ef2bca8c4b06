/** The built library in a Node process of its own, where Dawn's way of being collected can be provoked. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { vulkanEnvironment } from "../support/vulkan-environment.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Nothing but the library holds on to the `GPU` once it has given a device. */
const SCRIPT = `
import { create } from "webgpu";
import { createGpuEngine, requestDevice, syntheticDataset, train } from "./dist/lib/index.js";
const device = await requestDevice(create([]));
const engine = await createGpuEngine(device, {
  network: { input: 784, layers: [{ units: 8 }, { units: 10 }] },
  training: { epochs: 3, batchSize: 32 },
  dataset: syntheticDataset({ train: 200, test: 50 }),
});
for await (const event of train(engine, { stepInterval: 0 })) gc();
console.log((await engine.evaluate("test")).confusion.flat().reduce((a, b) => a + b));
process.exit(0);
`;

it("survives the collection of everything the caller lets go", async () => {
  const child = spawn(process.execPath, ["--expose-gc", "--input-type=module", "--eval", SCRIPT], {
    cwd: root,
    env: { ...process.env, ...vulkanEnvironment() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^50$/m) });
}, 60_000);
