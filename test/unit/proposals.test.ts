/** Which tuning table is proposed in place of one with which a kernel failed. */
import { describe, expect, it } from "vitest";
import { HARDWARE_TUNING, SOFTWARE_TUNING, type Tuning } from "../../src/gpu/tuning.ts";
import { propose, type FailedGroup } from "../../src/lens/conformance/proposals.ts";
import type { CaseResult } from "../../src/lens/conformance/report.ts";
import type { CheckGroup } from "../../src/lens/conformance/suite.ts";

const OWN = SOFTWARE_TUNING;
const FIRST: Tuning = { ...SOFTWARE_TUNING, name: "first" };
const SECOND: Tuning = { ...HARDWARE_TUNING, name: "second" };

const groupOf = (name: string, kernels: CheckGroup["kernels"] = "own", tuning: Tuning = OWN): CheckGroup => ({
  name,
  cases: 2,
  tuning,
  kernels,
  open: () => Promise.reject(new Error("nothing is run")),
});

/** The first of a group's two cases has failed. */
function failedOf(group: CheckGroup, kernel: string, errorOverBound = 2, first = 0): FailedGroup {
  const result = { kernel, variant: group.tuning.name, compared: 1, worstAt: "", seconds: 0, shape: "" };
  const results: CaseResult[] = [
    { ...result, number: first, errorOverBound, failure: "off" },
    { ...result, number: first + 1, errorOverBound: 0, failure: "" },
  ];
  return { group, first, results };
}

const STANDARD = [
  groupOf("forward"),
  groupOf("head"),
  groupOf("activation gelu", "shared"),
  groupOf("device: loss", "apart"),
];

/** @param wrong what fails: names of a group and a table */
async function proposed(
  failed: readonly FailedGroup[],
  wrong: readonly (readonly [group: string, table: string])[],
  signal?: AbortSignal,
) {
  const asked: string[] = [];
  const proposals = await propose(failed, {
    tunings: [OWN, FIRST, SECOND],
    kindsOf: new Map([
      ["dense-forward", new Set(["forward"])],
      ["head", new Set(["head"])],
    ]),
    standard: STANDARD,
    signal,
    passes: ({ name }, { name: table }, first, wanted) => {
      asked.push(`${name}, ${table}${wanted ? `, ${first}: ${wanted.join()}` : ""}`);
      return Promise.resolve(!wrong.some(([group, other]) => group === name && other === table));
    },
  });
  return { asked, found: proposals.map(({ kernel, instead }) => [kernel, instead?.name ?? null]) };
}

describe("a table is proposed", () => {
  const forward = failedOf(groupOf("forward"), "dense-forward", 2, 8);

  it("that gets right what failed, the standard cases of that kind, and what all tables share", async () => {
    const { asked, found } = await proposed([forward], []);
    expect(found).toEqual([["dense-forward", "first"]]);
    expect(asked).toEqual(["forward, first, 8: 8,9", "activation gelu, first", "forward, first"]);
  });

  it("but none that merely happened to pass the cases that failed", async () => {
    const drawn = failedOf(groupOf("forward, drawn"), "dense-forward");
    expect((await proposed([drawn], [["forward", "first"]])).found).toEqual([["dense-forward", "second"]]);
  });

  it("and none where what failed is shared by all", async () => {
    const gelu = failedOf(groupOf("activation gelu", "shared"), "activation gelu", 10);
    const everywhere = [FIRST, SECOND].map(({ name }) => ["activation gelu", name] as const);
    const { asked, found } = await proposed([forward, gelu], everywhere);
    expect(found).toEqual([["dense-forward", null]]);
    // The worst is tried first, and says it all.
    expect(asked).toHaveLength(2);
    // The same where the activation itself was not among the cases that ran.
    expect((await proposed([forward], everywhere)).found).toEqual([["dense-forward", null]]);
  });

  it("only if it also gets right the other kernels that failed: a run has one table", async () => {
    const head = failedOf(groupOf("head"), "head", 1.5);
    const wrong = [["head", "first"]] as const;
    expect((await proposed([forward, head], wrong)).found).toEqual([
      ["dense-forward", "second"],
      ["head", "second"],
    ]);
  });

  it("which has not failed itself", async () => {
    const other = failedOf(groupOf("forward", "own", FIRST), "dense-forward");
    expect((await proposed([other], [])).found).toEqual([["dense-forward", "software"]]);
    const both = await proposed([forward, other], []);
    expect(both.found).toEqual([
      ["dense-forward", "second"],
      ["dense-forward", "second"],
    ]);
  });

  it("whatever is wrong that no table has a part in", async () => {
    const lost = failedOf(groupOf("device: loss", "apart"), "device: loss", Number.MAX_VALUE);
    const { asked, found } = await proposed([lost, forward], []);
    expect(found).toEqual([["dense-forward", "first"]]);
    expect(asked.some((question) => question.startsWith("device: loss"))).toBe(false);
  });

  it("after a few of many failures, the worst of them", async () => {
    const many = Array.from({ length: 50 }, (_, i) =>
      failedOf(groupOf(`drawn ${i}`), "dense-forward", 2 + i),
    );
    const { asked } = await proposed(many, []);
    expect(asked[0]).toMatch(/^drawn 49,/);
    expect(asked.filter((question) => question.startsWith("drawn"))).toHaveLength(6);
  });

  it("unless the check was interrupted, which says nothing of other tables", async () => {
    expect((await proposed([forward], [], AbortSignal.abort())).found).toEqual([]);
  });
});
