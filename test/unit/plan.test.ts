/** A plan is a pure function: counted, printed and held to limits without any GPU. */
import { describe, expect, test } from "vitest";
import { LimitError, SpecError } from "../../src/core/errors.ts";
import { ACTIVATIONS, OPTIMIZERS, type TrainingSpec } from "../../src/core/spec.ts";
import { plan, type PlanOptions } from "../../src/gpu/plan.ts";
import { planEvaluation, planFloats } from "../../src/gpu/plan-programs.ts";
import { DEFAULT_LIMITS, type DispatchPlan, type Plan } from "../../src/gpu/plan-types.ts";
import { HARDWARE_TUNING, SOFTWARE_TUNING } from "../../src/gpu/tuning.ts";
import { stack } from "../../src/lens/conformance/draw.ts";

const MNIST = { trainRows: 55_000 };
const hidden = (...units: number[]) => units.map((count) => [count, "relu"] as const);

function planOf(units: number[], training: TrainingSpec = {}, options: PlanOptions = MNIST): Plan {
  return plan(stack(784, hidden(...units), 10), training, options);
}

const names = ({ dispatches }: { dispatches: DispatchPlan[] }): string[] =>
  dispatches.map(({ name }) => name);

describe("dispatches per step", () => {
  test.each(OPTIMIZERS)("one hidden layer takes three with %s", (optimizer) => {
    const one = planOf([512], { optimizer });
    expect(names(one)).toEqual(["forward 0", "head", "update"]);
    expect(one.dispatchesPerStep).toBe(3);
  });

  test.each([
    [[], 2],
    [[512], 3],
    [[512, 256], 5],
    [[512, 256, 128], 7],
    [[9, 8, 7, 6, 5], 11],
  ])("hidden layers %j take %i, and one more with clipping", (units, count) => {
    expect(planOf(units).dispatchesPerStep).toBe(count);
    expect(planOf(units, { clipNorm: 1 }).dispatchesPerStep).toBe(count + 1);
  });

  test("going backward, a layer is updated in the dispatch that no longer reads its weights", () => {
    const { dispatches } = planOf([512, 256, 128]);
    const readers = new Map<number, number>();
    dispatches.forEach(({ jobs }, index) => {
      for (const { kernel, layer } of jobs) {
        if (/forward|input-gradient|head/.test(kernel)) readers.set(layer!, index);
      }
    });
    dispatches.forEach(({ jobs }, index) => {
      for (const { kernel, layer } of jobs) {
        if (kernel === "dense-weight-gradient") expect(index).toBeGreaterThan(readers.get(layer!)!);
      }
    });
  });

  test("every layer is computed, led back through and updated once", () => {
    const { kernels } = planOf([9, 8, 7], {}, { ...MNIST, software: true });
    const jobs = Object.fromEntries(kernels.map(({ kernel, jobs }) => [kernel, jobs]));
    expect(jobs).toEqual({
      "dense-forward": 3,
      head: 1,
      "dense-input-gradient": 2,
      "dense-weight-gradient": 4,
      "dense-bias-gradient": 4,
      "step-result": 1,
    });
  });

  test("the first publishes the step, the last advances it, none does both", () => {
    for (const units of [[], [5], [5, 6]]) {
      const { dispatches } = planOf(units);
      expect(dispatches.map(({ first }) => first)).toEqual(dispatches.map((_, i) => i === 0));
      expect(dispatches.map(({ last }) => last)).toEqual(
        dispatches.map((_, i) => i === dispatches.length - 1),
      );
    }
    const [only] = planFloats(planOf([]), DEFAULT_LIMITS, 5, false).dispatches;
    expect([only.first, only.last]).toEqual([true, false]);
  });
});

describe("floating-point operations", () => {
  test("of 784-512-10 at 128 rows are those of its five products", () => {
    const { flopsPerStep } = planOf([512], { batchSize: 128 });
    const products = 128 * (2 * 784 * 512 * 2 + 2 * 512 * 10 * 3);
    expect(flopsPerStep).toBe(products + 128 * (512 + 10));
  });
});

describe("steps per submit", () => {
  test("are bounded by the time they are estimated to take", () => {
    for (const tuning of [SOFTWARE_TUNING, HARDWARE_TUNING]) {
      for (const units of [[], [512], [2048, 2048]]) {
        const { flopsPerStep, dispatchesPerStep, stepsPerSubmit } = planOf(units, {}, { ...MNIST, tuning });
        const seconds = flopsPerStep / tuning.assumedFlops + dispatchesPerStep * tuning.dispatchSeconds;
        expect(stepsPerSubmit * seconds).toBeLessThanOrEqual(Math.max(tuning.submitSeconds, seconds));
        expect(stepsPerSubmit).toBeGreaterThanOrEqual(1);
        expect(stepsPerSubmit).toBeLessThanOrEqual(1000);
      }
    }
  });

  test("are one where a single step takes longer", () => {
    expect(planOf([10_000], { batchSize: 1024 }, { ...MNIST, software: true }).stepsPerSubmit).toBe(1);
  });

  test("upload nothing within an epoch", () => {
    const { bytesUploadedPerStep, bytesUploadedPerEpoch, stepsPerEpoch } = planOf([512], { batchSize: 128 });
    expect(stepsPerEpoch).toBe(430);
    expect(bytesUploadedPerStep).toBe(0);
    // 8 words per step, a word per row, and the word that says where the epoch begins
    expect(bytesUploadedPerEpoch).toBe(4 * (8 * 430 + 55_000 + 1));
  });
});

/** Every dispatch of every program of a plan. */
function allDispatches(whole: Plan, limits = DEFAULT_LIMITS): DispatchPlan[] {
  return [
    ...whole.dispatches,
    whole.snapshot,
    ...planEvaluation(whole, limits, 10_000).dispatches,
    ...planFloats(whole, limits, 100, false).dispatches,
    ...planFloats(whole, limits, 100, true).dispatches,
  ];
}

function checkDispatches(dispatches: DispatchPlan[], limits = DEFAULT_LIMITS): void {
  for (const { name, bindings, grid, jobs, workgroupSize } of dispatches) {
    const workgroups = jobs.reduce((sum, job) => sum + job.workgroups, 0);
    expect(bindings.length, name).toBeLessThanOrEqual(limits.maxStorageBuffersPerShaderStage);
    expect(Math.max(...grid), name).toBeLessThanOrEqual(limits.maxComputeWorkgroupsPerDimension);
    expect(grid[0] * grid[1], name).toBeGreaterThanOrEqual(workgroups);
    expect(workgroupSize, name).toBeLessThanOrEqual(limits.maxComputeInvocationsPerWorkgroup);
    expect(new Set(bindings.map(({ buffer }) => buffer)).size, name).toBe(bindings.length);
  }
}

describe("limits", () => {
  test.each(OPTIMIZERS)(
    "every dispatch fits eight storage buffers with %s, at any depth and clipping",
    (optimizer) => {
      for (const units of [[], [64], [64, 32], [64, 32, 16]]) {
        for (const clipNorm of [0, 1]) checkDispatches(allDispatches(planOf(units, { optimizer, clipNorm })));
      }
    },
  );

  test("also where the data set is in many parts", () => {
    const limits = { ...DEFAULT_LIMITS, maxStorageBufferBindingSize: 4_000_000 };
    const whole = planOf([64, 32], { optimizer: "adam", clipNorm: 1 }, { ...MNIST, limits });
    const parts = whole.buffers.filter(({ name }) => name.startsWith("imagesPart"));
    expect(parts).toHaveLength(11);
    expect(names(whole).slice(0, 4)).toEqual(["gather 0", "gather 1", "gather 2", "forward 0"]);
    expect(whole.dispatchesPerStep).toBe(5 + 3 + 1);
    const pixels = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(pixels).toBe(55_000 * 784);
    checkDispatches(allDispatches(whole, limits), limits);
    const bound = new Set(whole.dispatches.flatMap(({ bindings }) => bindings.map(({ buffer }) => buffer)));
    const allocated = new Set(whole.buffers.map(({ name }) => name));
    expect([...bound].filter((name) => !allocated.has(name))).toEqual([]);
  });

  test("every buffer that a dispatch binds is allocated once, whatever the options", () => {
    for (const optimizer of OPTIMIZERS) {
      for (const clipNorm of [0, 1]) {
        const whole = planOf([32, 16], { optimizer, clipNorm });
        const allocated = whole.buffers.map(({ name }) => name);
        expect(new Set(allocated).size).toBe(allocated.length);
        const bound = [...whole.dispatches, whole.snapshot].flatMap(({ bindings }) => bindings);
        for (const { buffer } of bound) expect(allocated).toContain(buffer);
      }
    }
  });

  test("smaller than any real device's are kept too", () => {
    const limits = {
      maxStorageBufferBindingSize: 500_000,
      maxBufferSize: 500_000,
      maxStorageBuffersPerShaderStage: 7,
      maxComputeWorkgroupsPerDimension: 250,
      maxComputeInvocationsPerWorkgroup: 16,
      maxComputeWorkgroupSizeX: 16,
      maxComputeWorkgroupStorageSize: 1024,
      subgroupSize: 0,
    };
    const options = { trainRows: 2000, limits, software: true };
    const whole = planOf([64, 32], { optimizer: "momentum", batchSize: 32 }, options);
    checkDispatches(
      [...whole.dispatches, whole.snapshot, ...planEvaluation(whole, limits, 1000).dispatches],
      limits,
    );
    for (const { name, bytes } of whole.buffers) expect(bytes, name).toBeLessThanOrEqual(500_000);
    expect(whole.dispatches.some(({ grid }) => grid[1] > 1)).toBe(true);
    expect(names(whole)[0]).toBe("gather 0");
  });

  test("evaluation takes fewer rows at a time where its activations would not fit", () => {
    const whole = plan(stack(4, hidden(60_000), 10), { batchSize: 32 }, MNIST);
    const { rows, buffers } = planEvaluation(whole, DEFAULT_LIMITS, 10_000);
    expect(rows).toBeLessThan(1024);
    expect(rows).toBeGreaterThan(500);
    for (const { bytes } of buffers)
      expect(bytes).toBeLessThanOrEqual(DEFAULT_LIMITS.maxStorageBufferBindingSize);
  });

  test.each([
    ["maxStorageBufferBindingSize", { maxStorageBufferBindingSize: 1_000_000 }],
    ["maxBufferSize", { maxBufferSize: 1_000_000 }],
    ["maxStorageBuffersPerShaderStage", { maxStorageBuffersPerShaderStage: 5 }],
    ["maxComputeWorkgroupsPerDimension", { maxComputeWorkgroupsPerDimension: 9 }],
    ["maxComputeInvocationsPerWorkgroup", { maxComputeInvocationsPerWorkgroup: 32 }],
    ["maxComputeWorkgroupSizeX", { maxComputeWorkgroupSizeX: 32 }],
  ] as const)("a network beyond %s is refused by its name", (limit, smaller) => {
    const limits = { ...DEFAULT_LIMITS, ...smaller };
    const attempt = (): Plan => planOf([512], {}, { ...MNIST, limits });
    expect(attempt).toThrow(LimitError);
    try {
      attempt();
    } catch (error) {
      expect(error).toMatchObject({ limit, code: "gpu/limit", available: limits[limit] });
      expect((error as LimitError).needed).toBeGreaterThan(limits[limit]);
      expect((error as LimitError).message).toContain(limit);
    }
  });

  test("a single row that does not fit is refused", () => {
    const limits = { ...DEFAULT_LIMITS, maxStorageBufferBindingSize: 700 };
    expect(() => planOf([], {}, { trainRows: 5, limits })).toThrow(
      /one input row takes 784 B, but this device allows 700 B/,
    );
  });
});

describe("the plan as data", () => {
  test("is the same for the same specification, and plain JSON", () => {
    const once = planOf([64, 32], { optimizer: "adam" });
    expect(planOf([64, 32], { optimizer: "adam" })).toEqual(once);
    const { shaders: _own, ...printed } = once;
    expect(JSON.parse(JSON.stringify(printed))).toEqual(
      JSON.parse(JSON.stringify(planOf([64, 32], { optimizer: "adam" }))),
    );
  });

  test("needs no data set, and never more rows than there are", () => {
    expect(planOf([8], { batchSize: 100 }, {}).stepsPerEpoch).toBe(0);
    const small = planOf([8], { batchSize: 100 }, { trainRows: 30 });
    expect(small.stepsPerEpoch).toBe(1);
    expect(planOf([8], { batchSize: 100 }, { trainRows: 101 }).stepsPerEpoch).toBe(2);
  });

  test("refuses what is not a network", () => {
    expect(() => plan({ input: 0, layers: [{ units: 2 }] })).toThrow(SpecError);
  });

  test("gives every activation its own number", () => {
    const numbers = ACTIVATIONS.map((activation) => {
      const { dispatches } = plan(stack(4, [[4, activation]], 2), {}, MNIST);
      return dispatches[0].jobs[0].constants["ACTIVATION"];
    });
    expect(new Set(numbers).size).toBe(ACTIVATIONS.length);
  });
});
