/** Complete shaders from their files: bindings, names, constants, guard. */
import { describe, expect, test } from "vitest";
import { GpuError } from "../../src/core/errors.ts";
import { OPTIMIZERS } from "../../src/core/spec.ts";
import { bindingsOf, composeShader, type DispatchSource } from "../../src/gpu/compose.ts";
import { plan } from "../../src/gpu/plan.ts";
import { planEvaluation, planFloats } from "../../src/gpu/plan-programs.ts";
import { DEFAULT_LIMITS, type DispatchPlan } from "../../src/gpu/plan-types.ts";
import { HARDWARE_TUNING, SOFTWARE_TUNING } from "../../src/gpu/tuning.ts";
import { stack } from "../../src/lens/conformance/draw.ts";

const FILES = {
  base: "//! reads schedule\n//! writes control\nconst HALF = WIDTH / 2u;\nfn entry() -> u32 { return schedule[0]; }\n",
  reader:
    "//! uses base, source\n//! reads parameters\nfn run(workgroup: u32, lane: u32) { take(parameters[HALF]); }\n",
  writer:
    "//! uses base\n//! reads activations\n//! writes parameters\nfn run(workgroup: u32, lane: u32) {}\n",
  bytes: "//! reads part\nfn take(v: vec4f) { _ = part[0]; }\n",
};

function dispatchOf(kernels: string[], given: Partial<DispatchSource> = {}): DispatchSource {
  return {
    jobs: kernels.map((kernel) => ({
      kernel,
      roles: { source: "bytes" },
      buffers: { part: "images1" },
      constants: { WIDTH: 8, RATE: { f32: 0.1 }, LOUD: true },
      workgroups: 3,
    })),
    workgroupSize: 16,
    first: false,
    last: false,
    unrolled: true,
    shaders: FILES,
    ...given,
  };
}

/** Every dispatch that any program of a network with two hidden layers has. */
function realDispatches(): DispatchPlan[] {
  return [SOFTWARE_TUNING, HARDWARE_TUNING, { ...SOFTWARE_TUNING, unrolled: false }].flatMap((tuning) =>
    OPTIMIZERS.flatMap((optimizer) =>
      [0, 1].flatMap((clipNorm) => {
        const network = stack(
          784,
          [
            [33, "relu"],
            [17, "gelu", 0.2],
          ],
          10,
        );
        const whole = plan(network, { optimizer, clipNorm }, { trainRows: 500, tuning });
        return [
          ...whole.dispatches,
          whole.snapshot,
          ...planEvaluation(whole, DEFAULT_LIMITS, 100).dispatches,
          ...planFloats(whole, DEFAULT_LIMITS, 10, true).dispatches,
        ];
      }),
    ),
  );
}

describe("bindings", () => {
  test("are read where every job only reads, sorted by name", () => {
    expect(bindingsOf(dispatchOf(["reader"]))).toEqual([
      { buffer: "control", access: "read_write" },
      { buffer: "images1", access: "read" },
      { buffer: "parameters", access: "read" },
      { buffer: "schedule", access: "read" },
    ]);
  });

  test("are read_write as soon as one job writes, in either order", () => {
    for (const kernels of [
      ["reader", "writer"],
      ["writer", "reader"],
    ]) {
      const access = Object.fromEntries(
        bindingsOf(dispatchOf(kernels)).map(({ buffer, access }) => [buffer, access]),
      );
      expect(access).toMatchObject({ parameters: "read_write", activations: "read", images1: "read" });
    }
  });

  test("are declared in the shader exactly as the plan lists them", () => {
    for (const dispatch of realDispatches()) {
      const declared = [...composeShader(dispatch).matchAll(/@binding\((\d+)\) var<storage, (\w+)> (\w+):/g)];
      expect(declared.map(([, , access, buffer]) => ({ buffer, access }))).toEqual(dispatch.bindings);
      expect(declared.map(([, index]) => Number(index))).toEqual(dispatch.bindings.map((_, i) => i));
    }
  });

  test("that are written are stored to, and those read are not", () => {
    for (const dispatch of realDispatches()) {
      const code = composeShader(dispatch);
      for (const { buffer, access } of dispatch.bindings) {
        if (buffer === "control" || buffer === "confusion") continue;
        const stores = new RegExp(`\\b${buffer}\\[[^;]*?\\] (?:=|\\+=)\\s`).test(code);
        expect(stores, `${dispatch.name}: ${buffer}`).toBe(access === "read_write");
      }
    }
  });
});

describe("names", () => {
  test("of a merged dispatch are unique", () => {
    for (const dispatch of realDispatches()) {
      const code = composeShader(dispatch);
      const declared = [...code.matchAll(/^(?:const|fn|var<\w+>|@group.*var<storage, \w+>) +(\w+)/gm)].map(
        (match) => match[1],
      );
      const twice = declared.filter((name, index) => declared.indexOf(name) !== index);
      expect(twice, dispatch.name).toEqual([]);
    }
  });

  test("get a suffix only where several jobs share a shader", () => {
    expect(composeShader(dispatchOf(["reader"]))).toMatch(/fn run\(/);
    const merged = composeShader(dispatchOf(["reader", "reader"]));
    expect(merged).toMatch(/fn run_0\(/);
    expect(merged).toMatch(/fn run_1\(/);
    expect(merged).toMatch(/const HALF_1 = WIDTH_1 \/ 2u;/);
    // Buffers are shared.
    expect(merged.match(/var<storage, read> parameters:/g)).toHaveLength(1);
  });
});

describe("the shader", () => {
  test("carries its constants in the types of WGSL", () => {
    const code = composeShader(dispatchOf(["reader"]));
    expect(code).toContain("const WIDTH = 8u;");
    expect(code).toContain(`const RATE = f32(${Math.fround(0.1)});`);
    expect(code).toContain("const LOUD = true;");
    expect(code).toContain("const WORKGROUP_SIZE = 16u;");
  });

  test("hands each job its own workgroups", () => {
    const code = composeShader(dispatchOf(["reader", "writer"]));
    expect(code).toMatch(/if \(workgroup < 3u\) \{\s+run_0\(workgroup - 0u, lane\);/);
    expect(code).toMatch(/if \(workgroup < 6u\) \{\s+run_1\(workgroup - 3u, lane\);/);
  });

  test("tests the fault flag first, unless it must run all the same", () => {
    const guard = /atomicLoad\(&control\[2\]\) != 0u\) \{ return; \}/;
    expect(composeShader(dispatchOf(["reader"]))).toMatch(guard);
    expect(composeShader(dispatchOf(["reader"], { guarded: false }))).not.toMatch(guard);
    for (const dispatch of realDispatches()) {
      expect(composeShader(dispatch)).toMatch(/atomicLoad\(&control\[2\]\)/);
    }
  });

  test("publishes the step first and advances it last", () => {
    const publish = "atomicStore(&control[1], atomicLoad(&control[0]))";
    const advance = "atomicStore(&control[0], atomicLoad(&control[1]) + 1u)";
    const code = (place: Partial<DispatchSource>) => composeShader(dispatchOf(["reader"], place));
    expect(code({ first: true })).toContain(publish);
    expect(code({ first: true })).toContain("const ENTRY_FIELD = 0u;");
    expect(code({})).toContain("const ENTRY_FIELD = 1u;");
    expect(code({ last: true })).toContain(advance);
    expect(code({})).not.toContain("atomicStore");
  });

  test("has no mark left, expanded or not", () => {
    for (const dispatch of realDispatches()) expect(composeShader(dispatch)).not.toContain("//!");
  });

  test("uses nothing it does not declare, and names files that are not there", () => {
    expect(() => composeShader(dispatchOf(["missing"]))).toThrow(GpuError);
    expect(() => composeShader(dispatchOf(["missing"]))).toThrow("missing.wgsl");
  });
});
