/** The page's addresses: which view they name, and back. */
import { describe, expect, test } from "vitest";
import { benchAddress, readRoute, routeHash } from "../../src/app/state/route.ts";

describe("the page's addresses", () => {
  test.each([
    ["", "train", ""],
    ["#", "train", ""],
    ["#hidden=64&seed=2", "train", "hidden=64&seed=2"],
    ["#/train", "train", ""],
    ["#/inside", "inside", ""],
    ["#/inside?layers=4,3,3&seed=7", "inside", "layers=4,3,3&seed=7"],
    ["#/doctor?a=b?c", "doctor", "a=b?c"],
    ["#/nowhere?seed=3", "train", "seed=3"],
    ["#/constructor", "train", ""],
  ])("%s", (hash, view, query) => {
    expect(readRoute(hash)).toMatchObject({ view, query });
  });

  test.each([
    ["#/inside?anything=1", []],
    ["#seed=1", []],
    ["#/draw", []],
    ["#/draw?strokes=AQ&pen=2", []],
    [
      "#/nowhere?seed=3",
      ["“nowhere” is not a view: there are train, inside, draw, model, doctor, and bench"],
    ],
  ])("%s has its own problems named", (hash, problems) => {
    expect(readRoute(hash).problems).toEqual(problems);
  });

  test.each([
    ["#/bench", "./bench/index.html"],
    ["#/benchmark/", "./bench/index.html"],
    ["#/bench?suite=overhead&quick=no", "./bench/index.html#suite=overhead&quick=no"],
    ["#/benches", undefined],
    ["#bench", undefined],
  ])("%s leads to the benchmark, if it does: %s", (hash, address) => {
    expect(benchAddress(hash)).toBe(address);
  });

  test("round-trip", () => {
    for (const hash of ["#seed=1", "#/inside", "#/inside?layers=4,3,3", "#/doctor"]) {
      expect(routeHash(readRoute(hash))).toBe(hash);
    }
  });
});
