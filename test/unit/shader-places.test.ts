/** Lines of composed shaders are followed back to their files, and named where one does not compile. */
import { expect, test } from "vitest";
import { composeShader } from "../../src/gpu/compose.ts";
import { prepare } from "../../src/gpu/pipelines.ts";
import { plan } from "../../src/gpu/plan.ts";
import { SHADER_SOURCES } from "../../src/gpu/shader-sources.ts";
import { shaderPlaces } from "../../src/gpu/shader-places.ts";
import { HARDWARE_TUNING, SOFTWARE_TUNING, type Tuning } from "../../src/gpu/tuning.ts";
import { stack } from "../../src/lens/conformance/draw.ts";

const NETWORK = stack(784, [[33, "relu", 0.25]], 10);
const dispatchesOf = (tuning: Tuning) =>
  plan(NETWORK, { optimizer: "adam" }, { trainRows: 500, tuning }).dispatches;

const LOOPS = { ...SOFTWARE_TUNING, unrolled: false };

test.each([
  ["loops", LOOPS],
  ["unrolled", SOFTWARE_TUNING],
  ["of GPUs", HARDWARE_TUNING],
])("every line of a kernel has its place: %s", (_, tuning) => {
  for (const dispatch of dispatchesOf(tuning)) {
    const lines = composeShader(dispatch).split("\n");
    const places = shaderPlaces(dispatch);
    expect(places).toHaveLength(lines.length);
    const found = lines.flatMap((line, i) => (places[i] ? [{ line, place: places[i] }] : []));
    expect(found.length).toBeGreaterThan(lines.length / 2);
    for (const { line, place } of found) {
      const name = place.file.slice("shaders/".length, -".wgsl".length);
      const own = SHADER_SOURCES[name].split("\n")[place.line - 1];
      // Names get suffixes, and expanded loops lose their heads; what is said between them stays.
      if (tuning === LOOPS) expect(line.replace(/\w+/g, "")).toBe(own.replace(/\w+/g, ""));
      else expect(own.trim()).not.toBe("");
    }
  }
});

test("a compiler's message names file and line", async () => {
  const broken = SHADER_SOURCES["optimizer-adam"].replace("BETA1 *", "BETAX *");
  const shaders = { ...SHADER_SOURCES, "optimizer-adam": broken };
  const line = broken.split("\n").findIndex((each) => each.includes("BETAX")) + 1;
  const dispatch = dispatchesOf(SOFTWARE_TUNING).find(({ jobs }) =>
    jobs.some(({ roles }) => roles["optimizer"] === "optimizer-adam"),
  )!;
  const device = {
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createShaderModule: ({ code }: { code: string }) => ({
      getCompilationInfo: () => {
        const lineNum = code.split("\n").findIndex((each) => each.includes("BETAX")) + 1;
        return Promise.resolve({
          messages: [{ type: "error", lineNum, linePos: 11, message: "unresolved value 'BETAX'" }],
        });
      },
    }),
    createComputePipelineAsync: () => Promise.reject(new Error("invalid")),
  } as unknown as GPUDevice;
  await expect(prepare(device, [{ ...dispatch, shaders }], new Map())).rejects.toMatchObject({
    code: "wgsl/compile",
    message: expect.stringMatching(
      new RegExp(
        `error at shaders/optimizer-adam\\.wgsl:${line} \\(\\d+:11 of the composed shader\\): unres`,
      ),
    ),
    hint: expect.stringContaining("backlit doctor"),
  });
});
