/** The page's addresses: which view they name, and back. */
import { describe, expect, test } from "vitest";
import { readRoute, routeHash } from "../../src/app/state/route.ts";

describe("the page's addresses", () => {
  test.each([
    ["", "train", ""],
    ["#", "train", ""],
    ["#hidden=64&seed=2", "train", "hidden=64&seed=2"],
    ["#/train", "train", ""],
    ["#/inside", "inside", ""],
    ["#/inside?layers=4,3,3&seed=7", "inside", "layers=4,3,3&seed=7"],
    ["#/draw?a=b?c", "draw", "a=b?c"],
    ["#/nowhere?seed=3", "train", "seed=3"],
    ["#/constructor", "train", ""],
  ])("%s", (hash, view, query) => {
    expect(readRoute(hash)).toEqual({ view, query });
  });

  test("round-trip", () => {
    for (const hash of ["#seed=1", "#/inside", "#/inside?layers=4,3,3", "#/doctor"]) {
      expect(routeHash(readRoute(hash))).toBe(hash);
    }
  });
});
