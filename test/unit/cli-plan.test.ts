/** The plan as it is printed: what it assumes, every kernel once, and no wider than a terminal can show. */
import { expect, it } from "vitest";
import { planText } from "../../src/cli/verbs/plan.ts";
import { resolveTraining } from "../../src/core/spec.ts";
import { plan } from "../../src/gpu/plan.ts";

it.each([false, true])(
  "names every kernel of a dispatch once, with its layers (software: %s)",
  (software) => {
    const network = { input: 784, layers: [{ units: 512 }, { units: 256 }, { units: 10 }] };
    const training = resolveTraining({ batchSize: 128, optimizer: "adam" });
    const made = plan(network, training, { trainRows: 55_000, software });
    const text = planText(made, "Assumed is a device of no one.", (words) => words);
    const lines = text.split("\n");
    expect(lines[0]).toContain(`${made.dispatchesPerStep} dispatches per step`);
    expect(lines[1]).toBe("Assumed is a device of no one.");
    expect(Math.max(...lines.slice(2).map(({ length }) => length))).toBeLessThan(120);
    for (const { kernel, layer } of made.dispatches.flatMap(({ jobs }) => jobs)) {
      const line = lines.filter((each) => each.includes(`  ${kernel}`));
      expect(line.length).toBeGreaterThan(0);
      if (layer !== undefined) expect(line.join("\n")).toMatch(new RegExp(`\\(layers? [^)]*\\b${layer}\\b`));
    }
    const last = made.dispatches.at(-1)!;
    const block = lines.slice(lines.findIndex((line) => line.includes(`  ${last.name} `)));
    const column = lines
      .find((line) => line.includes("dispatch  ") && line.includes("kernels"))!
      .indexOf("kernels");
    const kernels = block.slice(0, block.indexOf("")).map((line) => line.slice(column).split(" ")[0]);
    expect(kernels).toEqual([...new Set(last.jobs.map(({ kernel }) => kernel))]);
  },
);
