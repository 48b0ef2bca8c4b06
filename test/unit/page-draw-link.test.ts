/** Drawings and models in the addresses of Draw and Model. */
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  beginStroke,
  brush,
  endStroke,
  extendStroke,
  replaceDrawing,
  strokes,
} from "../../src/app/draw/drawing.ts";
import { drawing, isUnlinked } from "../../src/app/draw/link.ts";
import { DIGITS, recordedDigit } from "../../src/app/draw/recorded.ts";
import { MOST_CHARACTERS, readStrokes, writeStrokes } from "../../src/app/draw/stroke-text.ts";
import { isModelName, modelName } from "../../src/app/model/model-name.ts";
import { holdNamed } from "../../src/app/model/named-models.ts";
import { forgetModel } from "../../src/app/model/keep.ts";
import { heldModel, holdModel } from "../../src/app/state/model.ts";
import { fnv1a } from "../../src/data/hash.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { writeModel } from "../../src/model/model-file.ts";
import { fakeCaches } from "../support/fake-caches.ts";

describe("strokes as text", () => {
  it.each(DIGITS)("of a %i come back on the grid, and stay there", (digit) => {
    const drawn = recordedDigit(digit, 0.1);
    const text = writeStrokes(drawn)!;
    expect(text).toMatch(/^[\w-]{20,600}$/);
    const read = readStrokes(text)!;
    expect(read.map(({ width }) => width)).toEqual(drawn.map(({ width }) => width));
    expect(read.map(({ points }) => points.length)).toEqual(drawn.map(({ points }) => points.length));
    const distance = read.flatMap(({ points }, i) =>
      points.map((at, j) => Math.abs(at - drawn[i].points[j])),
    );
    expect(Math.max(...distance)).toBeLessThanOrEqual(0.5 / 1024);
    expect(writeStrokes(read)).toBe(text);
  });

  it("are drawn as they will be read: a drawing that comes back is the same one", () => {
    brush.value = 0.0713;
    beginStroke(0.123456, 0.654321);
    extendStroke([0.2222222, 0.7777777, -9, 9]);
    endStroke();
    expect(readStrokes(writeStrokes(strokes.value)!)).toEqual(strokes.value);
    const recorded = recordedDigit(3, 0.1);
    replaceDrawing(recorded);
    expect(readStrokes(writeStrokes(recorded)!)).toEqual(strokes.value);
  });

  it("may be a dot, may leave the frame, and say nothing twice", () => {
    const strokes = [
      { width: 0.04, points: [0.5, 0.25] },
      { width: 0.16, points: [-0.5, 1.5, -0.5, 1.5, 1.25, -0.125] },
    ];
    expect(readStrokes(writeStrokes(strokes)!)).toEqual([
      strokes[0],
      { width: 0.16, points: [-0.5, 1.5, 1.25, -0.125] },
    ]);
    expect(writeStrokes([])).toBe("");
    expect(readStrokes("")).toEqual([]);
  });

  it.each([
    ["characters of no alphabet", "a b+"],
    ["a length of no base64", "AAAAA"],
    ["a width of nothing", btoa("\0\x01\0\0")],
    ["a stroke without points", btoa("d\0")],
    ["more points than there are bytes", btoa("d\x7f\x02\x02").replaceAll("=", "")],
    ["an end within a number", btoa("d\x01\x02\x82").replaceAll("=", "")],
    ["a number without an end", btoa("\xff\xff\xff\xff\xff\xff")],
    ["a point far outside of the frame", btoa("d\x01\xff\x7f\0").replaceAll("=", "")],
    ["more than an address should have", "A".repeat(MOST_CHARACTERS + 1)],
  ])("that are none are refused: %s", (_, text) => {
    expect(readStrokes(text)).toBeUndefined();
  });

  it("that are too long for an address are left out of it, which is said", () => {
    const scribble = Array.from({ length: 4000 }, (_, i) => ((i * 7919) % 1000) / 1000);
    strokes.value = [{ width: 0.1, points: scribble }];
    expect(writeStrokes(strokes.value)).toBeUndefined();
    expect([drawing.write(), isUnlinked.value]).toEqual(["", true]);
    strokes.value = [];
    expect([drawing.write(), isUnlinked.value]).toEqual(["", false]);
  });
});

it("an address without strokes asks for an empty paper; what is wrong in it is named", () => {
  const three = writeStrokes(recordedDigit(3, 0.1))!;
  expect(drawing.read(new URLSearchParams({ strokes: three }))).toEqual([]);
  expect(drawing.write()).toBe(`strokes=${three}`);
  expect(drawing.read(new URLSearchParams("strokes=%21&pen=2"))).toEqual([
    "“strokes=!” is no drawing",
    "“pen” is not an option",
  ]);
  expect(strokes.value).toEqual([]);
});

describe("models by name", () => {
  const network = { input: 4, layers: [{ units: 3 }] };
  const dataset = { name: "own files", height: 2, width: 2, classes: ["a", "b", "c"] };
  let models: Uint8Array[];

  beforeAll(async () => {
    models = await Promise.all(
      [1, 2].map(async (seed) => {
        const engine = await createCpuEngine({ network, training: { seed } });
        return writeModel({ network: engine.network, parameters: await engine.parameters(), dataset });
      }),
    );
  });
  beforeEach(() => {
    vi.stubGlobal("caches", fakeCaches());
    heldModel.value = null;
  });

  it("are told apart by what is in them, not by their files", () => {
    const names = [...models, models[0]].map((bytes, i) => {
      holdModel(bytes, { kind: "file", name: `${i}` });
      return modelName(heldModel.value!);
    });
    expect(names[0]).toMatch(/^own-files-4-3-[0-9a-f]{8}$/);
    expect(names[1]).not.toBe(names[0]);
    expect(names[2]).toBe(names[0]);
    expect(names.every(isModelName)).toBe(true);
    expect(isModelName("<b>-00000000")).toBe(false);
  });

  it("can be gone back to, until they are forgotten", async () => {
    const [first, second] = models.map((bytes) => {
      holdModel(bytes, { kind: "run" });
      return modelName(heldModel.value!);
    });
    expect(await holdNamed(first)).toBeUndefined();
    expect(modelName(heldModel.value!)).toBe(first);
    await forgetModel();
    expect(await holdNamed(second)).toBeUndefined();
    expect(await holdNamed(first)).toMatch(/^The model “own-files-4-3-\w+” is not in this browser/);
    expect(modelName(heldModel.value!)).toBe(second);
  });

  it("have the published sums of FNV-1a", () => {
    const sum = (text: string): string => fnv1a(new TextEncoder().encode(text));
    expect(["", "a", "foobar"].map(sum)).toEqual(["811c9dc5", "e40c292c", "bf9cf968"]);
  });
});
