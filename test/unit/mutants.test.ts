/** How mutants are judged: which cases they meet, what counts as noticed, what is reported. */
import { describe, expect, test } from "vitest";
import { CaseOrder, learned } from "../mutants/case-order.ts";
import type { NoAnswer } from "../mutants/case-worker.ts";
import { equivalentsAmong, type Equivalent } from "../mutants/equivalents.ts";
import { Judge, type Asked } from "../mutants/judge.ts";
import { mutantsOf, type Mutant } from "../mutants/mutants.ts";
import { checkOnly, isWanted, parseOptions, shuffled } from "../mutants/options.ts";
import type { Answer, Question } from "../mutants/protocol.ts";
import { countsOf, Progress, table, verdictLine } from "../mutants/report.ts";
import { judgeAll } from "../mutants/run.ts";

const MUTANTS = mutantsOf("kernel", "fn f() {\n  x = a[row * STRIDE + column];\n  sum += min(x, 2u);\n}\n");
const [MUTANT] = MUTANTS;

const answer = (given: Partial<Answer> = {}): Answer => ({
  failure: "",
  seconds: 0.1,
  files: [],
  isComposed: true,
  notCompiled: false,
  ...given,
});

/** Answers from a table, by case; the product's own shaders pass. Keeps what was asked. */
function asked(
  answers: Readonly<Record<string, Partial<Answer> | NoAnswer>>,
): Asked & { questions: string[] } {
  const questions: string[] = [];
  return {
    questions,
    ask: ({ case: name, mutant }: Question) => {
      questions.push(mutant === undefined ? `${name}, right` : name);
      const given = answers[mutant === undefined ? `${name}, right` : name] ?? {};
      return Promise.resolve("lost" in given ? given : answer(given));
    },
  };
}

const record = (seconds: number, ...files: string[]) => ({ seconds, files });
const INDEX = {
  slow: record(5, "kernel"),
  quick: record(1, "kernel", "other"),
  elsewhere: record(0.1, "other"),
};
const NAMES = [...Object.keys(INDEX), "unknown"];
const order = (): CaseOrder => new CaseOrder(NAMES, INDEX);

describe("order", () => {
  test("the cases that compose the file, the cheapest first, those not on record last", () => {
    expect(order().for("kernel")).toEqual(["quick", "slow", "unknown"]);
    expect(order().for("other")).toEqual(["elsewhere", "quick", "unknown"]);
  });

  test("what notices comes before what does not", () => {
    const learning = order();
    for (let i = 0; i < 20; i++) {
      learning.note("quick", "kernel", false);
      learning.note("slow", "kernel", true);
    }
    expect(learning.for("kernel")[0]).toBe("slow");
    expect(learning.for("other")[0]).toBe("elsewhere");
  });

  test("what noticed in an earlier run comes first in a later one", () => {
    const index = learned(INDEX, [
      ["kernel", "slow"],
      ["kernel", "slow"],
      ["other", "elsewhere"],
    ]);
    expect(index["slow"]).toEqual({ seconds: 5, files: ["kernel"], notices: ["kernel"] });
    expect(index["quick"]).toEqual(INDEX.quick);
    expect(new CaseOrder(NAMES, index).for("kernel")[0]).toBe("slow");
  });
});

describe("judge", () => {
  test("the first case that fails kills, once it has passed without the mutant", async () => {
    const judge = new Judge(order());
    const cases = asked({ slow: { failure: "off by 1" } });
    expect(await judge.judge(cases, MUTANT)).toMatchObject({
      result: "killed",
      by: "slow",
      failure: "off by 1",
      met: 2,
    });
    expect(cases.questions).toEqual(["quick", "slow", "slow, right"]);
    await judge.judge(cases, MUTANT);
    expect(cases.questions.slice(3)).not.toContain("slow, right");
  });

  test("a case that fails anyway is an error, not a killed mutant", async () => {
    const broken = { failure: "off" };
    const cases = asked({ quick: broken, "quick, right": broken });
    await expect(new Judge(order()).judge(cases, MUTANT)).rejects.toThrow('"quick" fails without a mutant');
  });

  test("what no case notices survives", async () => {
    const cases = asked({});
    expect(await new Judge(order()).judge(cases, MUTANT)).toMatchObject({ result: "survived", met: 3 });
    expect(cases.questions).toEqual(["quick", "slow", "unknown"]);
  });

  test("what compiles nowhere is discarded, what compiles somewhere is judged there", async () => {
    const no = { failure: "no such name", notCompiled: true };
    const judge = new Judge(order());
    const nowhere = asked({ quick: no, slow: no, unknown: no });
    expect(await judge.judge(nowhere, MUTANT)).toMatchObject({ result: "discarded", met: 0 });
    const somewhere = asked({ quick: no, slow: { failure: "off" } });
    expect(await judge.judge(somewhere, MUTANT)).toMatchObject({ result: "killed", by: "slow" });
  });

  test("what no case composes survives", async () => {
    const unused = new Judge(new CaseOrder(["elsewhere"], INDEX));
    expect(await unused.judge(asked({}), MUTANT)).toMatchObject({ result: "survived", met: 0 });
    const elsewhere = { failure: "off", isComposed: false };
    const wrongIndex = asked({ quick: elsewhere, slow: elsewhere, unknown: elsewhere });
    expect(await new Judge(order()).judge(wrongIndex, MUTANT)).toMatchObject({ result: "survived", met: 0 });
  });

  test("one that hangs or crashes is killed with that reason, beside a case that still passes without it", async () => {
    const judge = new Judge(order());
    for (const lost of ["hangs", "crashes"] as const) {
      const cases = asked({ quick: { lost } });
      expect(await judge.judge(cases, MUTANT)).toMatchObject({
        result: "killed",
        by: "quick",
        failure: lost,
      });
      expect(cases.questions.slice(0, 3)).toEqual(["quick", "quick, right", "quick"]);
    }
  });

  test("one that is slow on a busy machine is given more time", async () => {
    const times: number[] = [];
    const answers: (Answer | NoAnswer)[] = [{ lost: "hangs" }, { lost: "hangs" }, answer({ failure: "off" })];
    const busy: Asked = {
      ask: (_, timeoutMs) => {
        times.push(timeoutMs);
        return Promise.resolve(answers.shift() ?? answer());
      },
    };
    expect(await new Judge(order()).judge(busy, MUTANT)).toMatchObject({ result: "killed", failure: "off" });
    expect(times[2]).toBe(2 * times[0]);
    const stuck = asked({ quick: { lost: "hangs" }, "quick, right": { lost: "hangs" } });
    await expect(new Judge(order()).judge(stuck, MUTANT)).rejects.toThrow("gives no answer without a mutant");
  });

  test("several judge side by side; a sample ends with so many that compile", async () => {
    const no = { failure: "no", notCompiled: true };
    const compiles = asked({ quick: { failure: "off" } });
    const seen: string[] = [];
    const onVerdict = ({ mutant }: { mutant: Mutant }): unknown => seen.push(mutant.id);
    const all = await judgeAll(MUTANTS, {
      workers: [compiles, compiles],
      judge: new Judge(order()),
      onVerdict,
    });
    expect(all.map(({ mutant }) => mutant.id)).toEqual(MUTANTS.map(({ id }) => id));
    expect(seen.sort()).toEqual(MUTANTS.map(({ id }) => id).sort());
    const options = { judge: new Judge(order()), onVerdict, sample: 2 };
    expect(await judgeAll(MUTANTS, { ...options, workers: [compiles] })).toHaveLength(2);
    const never = asked({ quick: no, slow: no, unknown: no });
    expect(await judgeAll(MUTANTS, { ...options, workers: [never] })).toHaveLength(MUTANTS.length);
  });
});

describe("equivalents", () => {
  const { file, operator, before, after } = MUTANT;
  const entry: Equivalent = { file, operator, before, after, reason: "because" };

  test("are found by file, operator and lines", () => {
    expect([...equivalentsAmong(MUTANTS, [entry])]).toEqual([[MUTANT, entry]]);
  });

  test("that match nothing any more are errors", () => {
    const gone = { ...entry, before: "a line that was changed" };
    expect(() => equivalentsAmong(MUTANTS, [gone])).toThrow("matches no mutant any more");
    expect(() => equivalentsAmong(MUTANTS, [entry, entry])).toThrow("twice");
  });

  test("with lines alike have to say which", () => {
    const source = "fn f() {\n  workgroupBarrier();\n  workgroupBarrier();\n}\n";
    const twins = mutantsOf("kernel", source).filter((mutant) => mutant.operator === "barrier");
    const twin: Equivalent = {
      file: "kernel",
      operator: "barrier",
      before: "workgroupBarrier();",
      after: "",
      reason: "because",
    };
    expect(() => equivalentsAmong(twins, [twin])).toThrow("say which");
    expect([...equivalentsAmong(twins, [{ ...twin, which: 2 }]).keys()]).toEqual([twins[1]]);
  });
});

describe("report", () => {
  const verdict = (result: "killed" | "survived" | "discarded", mutant: Mutant) => ({
    result,
    mutant,
    met: 1,
    seconds: 1,
  });
  const verdicts = [
    verdict("killed", MUTANTS[0]),
    verdict("survived", MUTANTS[1]),
    verdict("discarded", MUTANTS[2]),
  ];

  test("counts what compiles", () => {
    expect(countsOf(verdicts, [MUTANTS[3]])).toEqual({
      mutants: 3,
      killed: 1,
      equivalent: 1,
      survivors: 1,
      discarded: 1,
    });
  });

  test("says in a line what noticed a mutant, and how", () => {
    const killed = { ...verdict("killed", MUTANT), by: "quick", met: 1, seconds: 42.94 };
    expect(verdictLine({ ...killed, failure: "off" })).toBe(
      `${MUTANT.id}: killed by "quick" (1 case, 42.9 s)`,
    );
    expect(verdictLine({ ...killed, failure: "hangs", met: 2 })).toBe(
      `${MUTANT.id}: killed by hanging in "quick" (2 cases, 42.9 s)`,
    );
    expect(verdictLine({ ...killed, failure: "crashes" })).toContain('killed by crashing in "quick"');
    expect(verdictLine(verdict("survived", MUTANT))).toBe(`${MUTANT.id}: survived (1 case, 1.0 s)`);
  });

  test("counts as a sample what compiles, and else whatever is judged", () => {
    const textAfter = (progress: Progress): string => {
      for (const each of verdicts) progress.note(each);
      return progress.text;
    };
    expect(textAfter(new Progress(20, 4))).toBe("2 of 4 mutants");
    expect(textAfter(new Progress(20))).toBe("3 of 20 mutants");
    expect(textAfter(new Progress(3, 4))).toBe("2 of 3 mutants");
  });

  test("has a row per file and per operator", () => {
    const lines = table(verdicts, [MUTANTS[3]]).split("\n");
    expect(lines[1]).toMatch(/^kernel\.wgsl +3 +1 +1 +1 +1$/);
    expect(lines.find((line) => line.startsWith(MUTANTS[0].operator))).toMatch(/ \d+ +1 +0 +[01] +[01]$/);
  });
});

describe("options", () => {
  test("have defaults", () => {
    expect(parseOptions([])).toMatchObject({ only: [], sample: undefined, seed: 1, workers: 2, json: false });
  });

  test("are checked", () => {
    expect(parseOptions(["--only", "step", "--sample", "10", "--seed", "7"])).toMatchObject({
      only: ["step"],
      sample: 10,
      seed: 7,
    });
    for (const wrong of [["--sample", "0"], ["--seed", "x"], ["--nothing"], ["--workers", "1.5"]]) {
      expect(() => parseOptions(wrong)).toThrow(TypeError);
    }
    expect(() => parseOptions(["--sample", "0"])).toThrow(
      '--sample must be a whole number of at least 1, but is "0"',
    );
  });

  test("choose by file, operator and number, never by a part of a name", () => {
    expect(isWanted(MUTANT, [])).toBe(true);
    expect(isWanted(MUTANT, ["kernel"])).toBe(true);
    expect(isWanted(MUTANT, [`kernel/${MUTANT.operator}`])).toBe(true);
    expect(isWanted(MUTANT, [MUTANT.id])).toBe(true);
    expect(isWanted(MUTANT, ["kern", "kernel/nothing"])).toBe(false);
    expect(parseOptions(["--only", "shaders/gather.wgsl", "--only", "a.wgsl/b/1"]).only).toEqual([
      "gather",
      "a/b/1",
    ]);
    expect(() => checkOnly([MUTANT], ["kernel"])).not.toThrow();
    expect(() => checkOnly([MUTANT], ["nope"])).toThrow("names no mutant; the files are kernel");
    expect(() => checkOnly([MUTANT], ["kernel/nope"])).toThrow(`of kernel there are ${MUTANT.operator}`);
  });

  test("draw the same sample from the same seed", () => {
    const ids = (seed: number): string[] => shuffled(MUTANTS, seed).map(({ id }) => id);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
    expect(ids(1).toSorted()).toEqual(MUTANTS.map(({ id }) => id).toSorted());
  });
});
