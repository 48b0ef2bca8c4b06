/** The core of the library stays small: what a page takes in to train on a device it is given. */
import { expect, it } from "vitest";
import { LIMIT, measureCore } from "../../scripts/size.js";

it(`takes at most ${LIMIT / 1000} KB for the core, gzipped`, async () => {
  const { code, gzip } = await measureCore();
  expect(gzip).toBeLessThanOrEqual(LIMIT);
  // All of it: the shaders, the engine, the trainer, and the packages that they use.
  expect(gzip).toBeGreaterThan(20_000);
  for (const part of [
    "@compute",
    "createComputePipelineAsync",
    "training/diverged",
    "checkpoint",
    "as createGpuEngine",
  ]) {
    expect(code).toContain(part);
  }
  // And nothing of the rest: the CPU engine, the synthetic digits, downloads, the benchmark.
  for (const part of ["plain loops on the CPU", "Digits drawn", "download/checksum", "bench/unavailable"]) {
    expect(code).not.toContain(part);
  }
});
