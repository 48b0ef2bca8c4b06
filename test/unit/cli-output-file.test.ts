/** Files that flags name: what cannot be written is known before the work, and what is written keeps what was there. */
import { execFileSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkOutputFile, writeOutputFile } from "../../src/cli/output-file.ts";
import { shellCommand, shellWord } from "../../src/cli/shell-command.ts";

const folder = await mkdtemp(join(tmpdir(), "backlit-output-"));
afterAll(() => rm(folder, { recursive: true }));
const windows = process.platform === "win32";

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
      await expect(checkOutputFile("out", path), path).rejects.toMatchObject(error);
    }
  });

  it("may lie in folders that are not there yet, which the check does not make", async () => {
    const path = join(folder, "a", "b", "c.txt");
    await checkOutputFile("out", path);
    await checkOutputFile("out", undefined);
    expect(await readdir(folder)).not.toContain("a");
    await writeOutputFile("out", path, "text");
    expect(await readFile(path, "utf8")).toBe("text");
  });

  it("ends as an error with a code where it fails after all", async () => {
    const path = join(folder, "gone");
    await checkOutputFile("html", path);
    await mkdir(path);
    const error = { code: "out/unwritable", message: expect.stringContaining("--html") as string };
    await expect(writeOutputFile("html", path, "x")).rejects.toMatchObject(error);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it.skipIf(windows)("is written where a link leads, which stays a link", async () => {
    const [target, link, dangling] = ["target", "link", "dangling"].map((name) => join(folder, name));
    await writeFile(target, "old");
    await symlink("target", link);
    await symlink("made", dangling);
    for (const path of [link, dangling]) {
      await checkOutputFile("out", path);
      await writeOutputFile("out", path, "new");
      expect((await lstat(path)).isSymbolicLink()).toBe(true);
    }
    expect(await readFile(target, "utf8")).toBe("new");
    expect(await readFile(join(folder, "made"), "utf8")).toBe("new");
  });

  it.skipIf(windows)("is written through where it is a pipe", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await checkOutputFile("out", pipe);
    const [text] = await Promise.all([readFile(pipe, "utf8"), writeOutputFile("out", pipe, "through")]);
    expect(text).toBe("through");
    expect((await lstat(pipe)).isFIFO()).toBe(true);
  });
});

it("commands to be copied are quoted, and named as they were reached", () => {
  expect(shellCommand("trace", ["--replay", "a.st"], {})).toBe("backlit trace --replay a.st");
  expect(shellCommand("trace", [], { npm_lifecycle_event: "trace" })).toBe("npm run trace --");
  expect(shellCommand("trace", [], { npm_lifecycle_event: "backlit" })).toBe("npm run backlit -- trace");
  expect(["my run", "a'b", "$HOME", "a;b"].map((text) => shellWord(text, "linux"))).toEqual([
    "'my run'",
    "'a'\\''b'",
    "'$HOME'",
    "'a;b'",
  ]);
  expect(shellWord("C:\\my run", "win32")).toBe('"C:\\my run"');
});
