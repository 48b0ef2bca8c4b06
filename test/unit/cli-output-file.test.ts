/** Files that flags name: what cannot be written is known before the work, and what is written keeps what was there. */
import { execFileSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readInputFile } from "../../src/cli/input-file.ts";
import { Output } from "../../src/cli/output.ts";
import { checkOutputFile, writeOutputFile } from "../../src/cli/output-file.ts";
import { shellCommand, shellWord } from "../../src/cli/shell-command.ts";
import { Sink } from "../support/sink.ts";

const folder = await mkdtemp(join(tmpdir(), "backlit-output-"));
afterAll(() => rm(folder, { recursive: true }));
const windows = process.platform === "win32";

const output = new Output({ json: false, out: new Sink(), err: new Sink(), env: {} });

describe("a file that a flag names", () => {
  it("is refused beforehand where it cannot be written", async () => {
    await mkdir(join(folder, "taken"));
    await writeFile(join(folder, "file"), "");
    const wrong: [path: string, reason: RegExp][] = [
      ["", /the name is empty/],
      [join(folder, "taken"), /it is a folder/],
      [join(folder, "new", "/"), /it names a folder/],
      [join(folder, "file", "below", "a.json"), /file is no folder/],
    ];
    for (const [path, message] of wrong) {
      const error = {
        code: "out/unwritable",
        exitCode: 2,
        message: expect.stringMatching(message) as string,
      };
      await expect(checkOutputFile(output, "out", path), path).rejects.toMatchObject(error);
    }
  });

  it.skipIf(process.platform !== "linux")(
    "is not said to be missing where its folder takes none",
    async () => {
      const error = {
        code: "out/unwritable",
        message: '--html "/proc/x.html" cannot be written: the folder takes no new files',
      };
      await expect(writeOutputFile("html", "/proc/x.html", "x")).rejects.toMatchObject(error);
    },
  );

  it("may lie in folders that are not there yet, which the check does not make", async () => {
    const path = join(folder, "a", "b", "c.txt");
    await checkOutputFile(output, "out", path);
    await checkOutputFile(output, "out", undefined);
    expect(await readdir(folder)).not.toContain("a");
    await writeOutputFile("out", path, "text");
    expect(await readFile(path, "utf8")).toBe("text");
  });

  it("ends as an error with a code where it fails after all", async () => {
    const path = join(folder, "gone");
    await checkOutputFile(output, "html", path);
    await mkdir(path);
    const error = { code: "out/unwritable", message: expect.stringContaining("--html") as string };
    await expect(writeOutputFile("html", path, "x")).rejects.toMatchObject(error);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("has standard output to itself where it is that, and is refused where JSON lines go there", async () => {
    const path = join(folder, "stdout");
    const fd = openSync(path, "w");
    const [out, err] = [new Sink({ fd }), new Sink()];
    const taken = new Output({ json: false, out, err, env: {} });
    taken.print("before");
    await checkOutputFile(taken, "html", join(folder, "other"));
    taken.print("still");
    await checkOutputFile(taken, "html", path);
    taken.print("after");
    expect([out.text, err.text]).toEqual(["before\nstill\n", "after\n"]);
    const json = new Output({ json: true, out, err, env: {} });
    const error = { code: "out/unwritable", message: expect.stringContaining("JSON lines") as string };
    await expect(checkOutputFile(json, "html", path)).rejects.toMatchObject(error);
    closeSync(fd);
  });

  it.skipIf(windows)("is written where a link leads, which stays a link", async () => {
    const [target, link, dangling] = ["target", "link", "dangling"].map((name) => join(folder, name));
    await writeFile(target, "old");
    await symlink("target", link);
    await symlink("made", dangling);
    for (const path of [link, dangling]) {
      await checkOutputFile(output, "out", path);
      await writeOutputFile("out", path, "new");
      expect((await lstat(path)).isSymbolicLink()).toBe(true);
    }
    expect(await readFile(target, "utf8")).toBe("new");
    expect(await readFile(join(folder, "made"), "utf8")).toBe("new");
  });

  it.skipIf(windows)("is written through where it is a pipe", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await checkOutputFile(output, "out", pipe);
    const [text] = await Promise.all([readFile(pipe, "utf8"), writeOutputFile("out", pipe, "through")]);
    expect(text).toBe("through");
    expect((await lstat(pipe)).isFIFO()).toBe(true);
  });
});

it.each([
  ["is not there", "nowhere", "there is no such file"],
  ["is a folder", "a-folder", "it is a folder, not a file"],
])("a file to be read that %s is refused in words", async (_, name, reason) => {
  await mkdir(join(folder, "a-folder"), { recursive: true });
  const path = join(folder, name);
  await expect(readInputFile(path, "replay file")).rejects.toMatchObject({
    code: "input/unreadable",
    exitCode: 2,
    message: `the replay file ${path} cannot be read: ${reason}`,
  });
});

it("commands to be copied are quoted, and work where they were printed", () => {
  expect(shellCommand("trace", ["--replay", "a b"], "installed")).toBe(
    `backlit trace --replay ${shellWord("a b")}`,
  );
  expect(shellCommand("trace", ["--replay", "a.st"], "checkout")).toBe(
    "npm run -s backlit -- trace --replay a.st",
  );
  // These tests run in a checkout.
  expect(shellCommand("train", ["--resume", "a"])).toBe("npm run train -- --resume a");
  expect(["my run", "a'b", "$HOME", "a;b"].map((text) => shellWord(text, "linux"))).toEqual([
    "'my run'",
    "'a'\\''b'",
    "'$HOME'",
    "'a;b'",
  ]);
  expect(shellWord("C:\\my run", "win32")).toBe('"C:\\my run"');
});
