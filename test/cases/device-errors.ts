/** Errors of the GPU itself: they end an engine with a typed error, and leave nothing behind. */
import { GpuError } from "../../src/core/errors.ts";
import { createGpuEngine, type GpuEngineOptions } from "../../src/gpu/engine.ts";
import { SHADER_SOURCES } from "../../src/gpu/shader-sources.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";

const OPTIONS: GpuEngineOptions = {
  network: stack(4, [[5]], 3),
  training: { batchSize: 4, optimizer: "sgd" },
  dataset: new Draw(141).dataset(2, 3, { train: 20 }),
};

/** An error that nobody else catches belongs to whoever uses the device. */
async function uncaptured(lab: Lab): Promise<void> {
  // A device without the case's error scopes around it.
  const device = await lab.openDevice();
  const engine = await createGpuEngine(device, OPTIONS);
  await engine.run(2);
  await engine.records();
  const heard = new Promise<void>((resolve) => {
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      resolve();
    });
  });
  const small = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(small, 16, new Uint32Array(4));
  await heard;
  for (const call of [() => engine.step(), () => engine.run(1), () => engine.parameters()]) {
    const error = await lab.check.rejects("a call after the error", call(), GpuError);
    lab.check.that("names it as uncaptured", error?.code === "gpu/uncaptured", error?.code);
    lab.check.that("with the GPU's own message", (error?.message.length ?? 0) > 10, error?.message);
  }
  engine.dispose();
  lab.check.that("no buffer is left", engine.counters.liveBuffers === 0, engine.counters.liveBuffers);
  device.destroy();
}

/** A kernel that does not compile is reported with its dispatch, the compiler's words and the line. */
async function compile(lab: Lab): Promise<void> {
  const before = lab.buffers.live;
  const file = "softmax-cross-entropy";
  const broken = SHADER_SOURCES[file].replace("var exponentials = 0.0;", "var exponentials = NOBODY;");
  lab.check.that("the line is there to be broken", broken !== SHADER_SOURCES[file]);
  const shaders = { ...SHADER_SOURCES, [file]: broken };
  const error = await lab.check.rejects(
    "a broken kernel",
    createGpuEngine(lab.device, { ...OPTIONS, shaders }),
    GpuError,
  );
  lab.check.that("has its code", error?.code === "wgsl/compile", error?.code);
  for (const words of ['dispatch "head"', "NOBODY", "var exponentials = NOBODY;"]) {
    lab.check.that(`says ${words}`, error?.message.includes(words) === true, error?.message);
  }
  lab.check.that("nothing stays allocated", lab.buffers.live === before, lab.buffers.live);
}

export const deviceErrorCases: readonly Case[] = [
  { name: "device errors: an uncaptured error ends every later call", run: uncaptured },
  { name: "device errors: a kernel that does not compile is named with its line", run: compile },
];
