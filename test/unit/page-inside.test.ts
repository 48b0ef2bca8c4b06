/** The view Inside without a page: its address, what a person does to a step, and the way through it. */
import { describe, expect, it, test } from "vitest";
import { shelvesFor } from "../../src/app/inside/image/pictures.ts";
import { FIRST_PLACE, readImagePlace, writeImagePlace } from "../../src/app/inside/image/place.ts";
import { readPlace, writePlace, type Place } from "../../src/app/inside/state/address.ts";
import {
  choiceProblem,
  choicesOf,
  explainCommand,
  type ChoiceTexts,
} from "../../src/app/inside/state/choices.ts";
import {
  moveText,
  parseMove,
  withMove,
  withoutLast,
  workOut,
  type Move,
} from "../../src/app/inside/state/moves.ts";
import {
  index,
  leaveChoice,
  moves,
  problemOf,
  readStep,
  setChoice,
  stepQuery,
  takeStep,
  textOf,
} from "../../src/app/inside/state/step.ts";
import { placeOf, stopsOf } from "../../src/app/inside/state/stops.ts";
import type { EvaluationEvent } from "../../src/worker/job.ts";
import { operandsOf } from "../../src/lens/derivation/operations.ts";
import { derive } from "../../src/lens/derivation/derive.ts";
import { afterUpdate, withCell } from "../../src/lens/derivation/edit.ts";

const set = (id: string, row: number, column: number, value: number): Move => ({
  kind: "set",
  cell: { id, row, column },
  value,
});

describe("the address", () => {
  const place: Place = {
    texts: { layers: "5,4,2", activation: "tanh", lr: "0.5" },
    moves: [set("W1", 1, 0, -0.25), { kind: "steps", count: 3 }, set("Y", 0, 1, 1), set("X", 0, 4, 1e-7)],
    at: "gradients-2",
  };

  it("holds all of a place, and gives it back", () => {
    const query = writePlace(place);
    expect(query).toBe(
      "layers=5,4,2&batch=2&activation=tanh&seed=1&lr=0.5&set=W1:2,1:-0.25&steps=3&set=Y:1,2:1&set=X:1,5:1e-7&at=gradients-2",
    );
    expect(readPlace(query)).toEqual({ ...place, problems: [] });
  });

  it("says sizes and seed always, and nothing that is not valid", () => {
    expect(writePlace({ texts: {}, moves: [], at: "" })).toBe("layers=4,3,3&batch=2&seed=1");
    expect(writePlace({ texts: { layers: "4", lr: "-1" }, moves: [], at: "" })).toBe(
      "layers=4,3,3&batch=2&seed=1",
    );
  });

  it.each([
    ["layers=4", 'Layers must be at least two whole numbers separated by commas, not "4"'],
    ["layers=4,0,2", 'Layers must be at least two whole numbers separated by commas, not "4,0,2"'],
    ["layers=4,33", 'Layers must be at most 32 each here, not "4,33"'],
    ["layers=1,2,3,4,5,6,7", 'Layers must be at most 6 numbers here, not "1,2,3,4,5,6,7"'],
    ["batch=9", "Batch size must be at most 8 here, not 9"],
    ["lr=0", "Learning rate must be above 0, not 0"],
    ["label-smoothing=1", "Label smoothing must be below 1, not 1"],
    ["epochs=3", "“epochs” is not an option"],
    ["set=W1:0", "“set=W1:0” cannot be done"],
    ["set=W1:1,1:x", "“set=W1:1,1:x” cannot be done"],
    ["show=foo", "Show must be step or image, not “foo”"],
    ["steps=0", "“steps=0” cannot be done"],
    ["steps=1e9", "“steps=1e9” cannot be done"],
  ])("names what is wrong with %s and takes the rest", (part, problem) => {
    const { texts, moves, problems } = readPlace(`seed=7&${part}&steps=2`);
    expect({ texts, moves, problems }).toEqual({
      texts: { seed: "7" },
      moves: [{ kind: "steps", count: 2 }],
      problems: [problem],
    });
  });
});

describe("sizes that are still being typed", () => {
  it("are what stands before the last comma, which goes when the field is left", () => {
    readStep("layers=4,3&batch=1&seed=1");
    takeStep();
    setChoice("layers", "4,3,");
    expect([textOf("layers"), problemOf("layers")]).toEqual(["4,3,", undefined]);
    // Nothing is another step yet.
    expect(moves.value).toHaveLength(1);
    expect(stepQuery.value).toBe("layers=4,3&batch=1&seed=1&steps=1");
    leaveChoice("layers");
    expect(textOf("layers")).toBe("4,3");
    setChoice("layers", "4,3,2");
    expect(moves.value).toEqual([]);
    setChoice("layers", "4,,");
    expect(problemOf("layers")).toMatch(/not "4,,"$/);
    readStep("");
  });
});

describe("what is done to a step", () => {
  const start = choicesOf({});

  it("follows from the start, move by move", () => {
    const { derivation } = workOut(start, []);
    const moves = [set("b2", 0, 1, 0.5), { kind: "steps", count: 2 } as const, set("X", 1, 3, 0)];
    const once = derive(withCell(derivation, { id: "b2", row: 0, column: 1 }, 0.5));
    const later = derive(afterUpdate(derive(afterUpdate(once))));
    const expected = derive(withCell(later, { id: "X", row: 1, column: 3 }, 0));
    const result = workOut(start, moves);
    expect(result.derivation.matrices).toEqual(expected.matrices);
    expect(result.derivation.maxDifference).toBeLessThanOrEqual(1e-12);
    expect({ steps: result.steps, refused: result.refused, omitted: result.omitted }).toEqual({
      steps: 2,
      refused: [],
      omitted: "",
    });
  });

  it("leaves out what cannot be set, and says so", () => {
    const { derivation, refused } = workOut(start, [
      set("Z1", 0, 0, 1),
      set("W9", 0, 0, 1),
      set("Y", 0, 0, 2),
    ]);
    expect(derivation.loss).toBe(workOut(start, []).derivation.loss);
    expect(refused.map((sentence) => sentence.split(": ")[0])).toEqual([
      "set=Z1:1,1:1",
      "set=W9:1,1:1",
      "set=Y:1,1:2",
    ]);
  });

  it("leaves out the long form where it would be too large", () => {
    const { derivation, omitted } = workOut(choicesOf({ layers: "32,32,32,32", batch: "8" }), []);
    expect(derivation.maxDifference).toBeUndefined();
    expect(omitted).toMatch(
      /^The long form is left out: its matrices would take [\d.]+ MB in float64, .+ alone 262 kB\.$/,
    );
    expect(stopsOf(derivation, 0).flatMap(({ columns }) => columns.map(({ form }) => form))).not.toContain(
      "long",
    );
  });

  it("joins steps and changes of one entry, and takes the last one back", () => {
    const add = (...moves: Move[]): Move[] => moves.reduce<Move[]>((all, move) => withMove(all, move), []);
    const step: Move = { kind: "steps", count: 1 };
    const moves = add(
      set("Y", 0, 1, 1),
      set("Y", 0, 2, 1),
      set("W1", 0, 0, 1),
      set("W1", 0, 1, 2),
      step,
      step,
    );
    expect(moves.map(moveText)).toEqual(["set=Y:1,3:1", "set=W1:1,1:1", "set=W1:1,2:2", "steps=2"]);
    expect(withoutLast(moves).map(moveText).at(-1)).toBe("steps=1");
    expect(withoutLast(withoutLast(moves))).toHaveLength(3);
    expect(withoutLast([])).toEqual([]);
    expect(moves.map((move) => parseMove(...(moveText(move).split("=") as [string, string])))).toEqual(moves);
  });
});

describe("the way through a step", () => {
  test.each<ChoiceTexts>([
    {},
    { layers: "3,2", batch: "1" },
    { layers: "2,3,4,5", batch: "3", activation: "tanh", "label-smoothing": "0.1" },
  ])("comes by every matrix once, after what it is made from: %o", (texts) => {
    const { derivation } = workOut(choicesOf(texts), []);
    const ids = new Set<string>();
    for (let sample = 0; sample < derivation.rows; sample++) {
      const met = new Set<string>();
      const stops = stopsOf(derivation, sample);
      expect(new Set(stops.map(({ id }) => id)).size).toBe(stops.length);
      for (const { columns, sentence } of stops) {
        expect(sentence).toMatch(/^[A-Z].*\.$/);
        for (const { groups } of columns) {
          const own: string[] = [];
          const shown = groups.flatMap(({ sources }) => sources);
          for (const id of groups.flatMap(({ ids: worked }) => worked)) {
            expect(met.has(id) ? id : "").toBe("");
            met.add(id);
            for (const operand of operandsOf(derivation.matrices.get(id)!.operation)) {
              expect([...shown, ...own]).toContain(operand);
            }
            own.push(id);
          }
        }
      }
      for (const id of met) ids.add(id);
    }
    expect([...ids].sort()).toEqual([...derivation.matrices.keys()].sort());
  });

  it("has both forms of the same gradients at one stop", () => {
    const { derivation } = workOut(choicesOf({ layers: "3,3,3,2" }), []);
    for (const { long, short } of derivation.differences) {
      expect(placeOf(derivation, long)!.stop.id).toBe(placeOf(derivation, short)!.stop.id);
    }
    expect(placeOf(derivation, "dl(2)/dz3")).toMatchObject({ sample: 1, stop: { id: "logits" } });
    expect(placeOf(derivation, "Q")).toBeUndefined();
  });
});

it("has a command that works out the same", () => {
  expect(explainCommand({}, 0)).toBe("npm run -s backlit -- explain --layers 4,3,3 --batch 2 --seed 1");
  expect(explainCommand({ layers: "5, 2", lr: "x", activation: "gelu", "label-smoothing": "0.2" }, 3)).toBe(
    "npm run -s backlit -- explain --layers 5,2 --batch 2 --activation gelu --seed 1 --label-smoothing 0.2 --step 3",
  );
});

it("finds nothing wrong with any default", () => {
  expect(choiceProblem("layers", "4,3,3")).toBeUndefined();
  expect(choicesOf({ layers: "x", batch: "99" })).toMatchObject({ sizes: [4, 3, 3], rows: 2 });
});

describe("the images to follow", () => {
  const images = (name: string, side: number, labels: number[]) => ({
    type: "samples" as const,
    name,
    height: side,
    width: side,
    images: Uint8Array.from({ length: labels.length * side * side }, (_, i) => i),
    labels: Uint8Array.from(labels),
  });
  const evaluation = {
    dataset: { name: "own", height: 2, width: 2, classes: ["a", "b"], sha256: null },
    mistakes: [{ truth: 1, pixels: Uint8Array.of(9, 8, 7, 6) }],
  } as unknown as EvaluationEvent;
  const drawing = { height: 3, width: 3, pixels: new Uint8Array(9).fill(7) };
  const given = {
    samples: images("own", 2, [0, 1, 2]),
    evaluation,
    drawing,
    preview: images("synthetic", 3, [0, 1]),
  };

  it("are those that the model can read", () => {
    const shelves = shelvesFor({ height: 2, width: 2, classes: ["a", "b"] }, given);
    expect(shelves.map(({ source, pictures }) => [source, pictures.map(({ label }) => label)])).toEqual([
      ["samples", [0, 1]],
      ["mistakes", [1]],
    ]);
    expect(shelves[0].pictures[1].pixels).toEqual(Uint8Array.of(4, 5, 6, 7));
    expect(shelves[1].pictures[0].pixels).toEqual(Uint8Array.of(9, 8, 7, 6));
    const three = shelvesFor({ height: 3, width: 3, classes: ["a", "b"] }, given);
    expect(three.map(({ source }) => source)).toEqual(["drawing", "synthetic"]);
    // Nobody has said what a drawing is.
    expect(three[0].pictures).toEqual([{ pixels: drawing.pixels }]);
    expect(shelvesFor({ height: 4, width: 4, classes: ["a"] }, { ...given, samples: null })).toEqual([]);
  });

  it("have their place in the address", () => {
    const place = { source: "mistakes" as const, index: 4, objective: 7 };
    expect(writeImagePlace(place)).toBe("show=image&image=mistakes:5&of=7");
    expect(readImagePlace(new URLSearchParams(writeImagePlace(place)))).toEqual({ ...place, problems: [] });
    expect(readImagePlace(new URLSearchParams("show=image&image=cats:1&of=-2&seed=3"))).toEqual({
      ...FIRST_PLACE,
      problems: ["“image=cats:1” is not there", "“of=-2” is not there", "“seed” is not an option"],
    });
  });
});

test("a stop that is not there is named, and the first one shown", () => {
  expect(readStep("layers=4,3,3&show=step&at=nowhere")).toEqual([
    "“at=nowhere” is no stop on the way through this step",
  ]);
  expect(index.value).toBe(0);
  expect(readStep("layers=4,3,3&at=loss")).toEqual([]);
  expect(index.value).toBeGreaterThan(0);
  // Layers that are too many for this step.
  expect(readStep("layers=4,3&at=forward-2")).toEqual([
    "“at=forward-2” is no stop on the way through this step",
  ]);
});
