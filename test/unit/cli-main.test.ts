/** The command as a whole, where it needs no device: help, versions and verbs that do not exist. */
import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { main } from "../../src/cli/main.ts";
import { Sink } from "../support/sink.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [new Sink(), new Sink()];
  const code = await main(args, { out, err });
  return { code, out: out.text, err: err.text };
}

describe("help", () => {
  it.each([["--help"], ["help"], ["train", "--help"], ["help", "train"], ["data", "get", "--help"]])(
    "is printed for %s %s %s",
    async (...args) => {
      const { code, out, err } = await run(...args);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/^Usage: backlit/);
    },
  );

  it.each([
    ["exprot", "--help"],
    ["exprot", "-h"],
    ["help", "exprot"],
    ["data", "exprot", "--help"],
  ])("is not given on a verb that does not exist: %s %s %s", async (...args) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("unknown command 'exprot'");
  });

  it("has a word on its result for every verb", async () => {
    const { out } = await run("--help");
    const [, commands] = out.split("Commands:");
    const verbs = [...commands.matchAll(/^ {2}([a-z]+)/gm)]
      .map(([, verb]) => verb)
      .filter((verb) => verb !== "help");
    expect(verbs).toContain("train");
    const text = readFileSync(new URL("../../docs/json.md", import.meta.url), "utf8");
    for (const verb of verbs) expect(text).toContain(`\n## \`${verb}\`\n`);
  });

  it("tells of an option what it is for that verb", async () => {
    const words = async (verb: string): Promise<string> =>
      (await run(verb, "--help")).out.replace(/\s+/g, " ");
    const check = await words("check");
    expect(check).not.toContain("--engine cpu");
    expect(check).toContain("--batch <N> with --gradients: random rows (default 8)");
    expect(await words("train")).toContain("node for --engine cpu");
    expect(await words("explain")).not.toContain("depends on the optimizer");
    expect(await words("train")).toContain("depends on the optimizer");
  });

  it("and what there is no option for is refused by name", async () => {
    const { code, out } = await run("train", "--precision", "f16-storage", "--json");
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      type: "error",
      code: "usage/unknownOption",
      message: expect.stringContaining("--precision") as string,
    });
  });

  it.each(["explain", "check"])("and --hidden for %s, with the flag that is meant", async (verb) => {
    const { code, out } = await run(verb, "--hidden", "8,4", "--json");
    expect([code, JSON.parse(out)]).toMatchObject([
      2,
      { message: expect.stringContaining("--layers is the whole network") as string },
    ]);
  });

  it("is one line with --json, as all results are", async () => {
    const { code, out, err } = await run("train", "--json", "--help");
    expect([code, err]).toEqual([0, ""]);
    const lines = out.trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0])).toEqual({
      type: "result",
      help: expect.stringMatching(/^Usage: backlit train/) as string,
    });
  });

  it("and the version: a plain line, or JSON", async () => {
    expect((await run("--version")).out).toBe(`${packageJson.version}\n`);
    const { out } = await run("--version", "--json");
    expect(JSON.parse(out)).toEqual({ type: "result", version: packageJson.version });
  });
});

it("interrupted before there is a result, ends with a line that says so", async () => {
  const cache = await mkdtemp(join(tmpdir(), "backlit-main-"));
  vi.stubEnv("BACKLIT_CACHE", cache);
  vi.stubEnv("BACKLIT_DATA", "");
  // A mirror that answers nothing until it is given up.
  vi.stubGlobal("fetch", (_: unknown, { signal }: { signal: AbortSignal }) => {
    const answer = new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
    process.emit("SIGHUP");
    return answer;
  });
  const { code, out, err } = await run("train", "--data", "kmnist", "--engine", "cpu", "--json");
  expect(code).toBe(130);
  expect(err).toContain("Interrupted; saving.");
  expect(JSON.parse(out)).toEqual({
    type: "error",
    code: "interrupted",
    message: "interrupted before there was a result",
    hint: "",
    exitCode: 130,
  });
  await rm(cache, { recursive: true });
});
