/** The command as others get it: the package alone, without its optional peers. */
import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { scratchFolder } from "./cli-support.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const project = join(await scratchFolder(), "project");

/** Runs a program in the project; throws with its output when it fails. */
function run(program: string, args: string[], cwd = project): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

beforeAll(async () => {
  await mkdir(project, { recursive: true });
  // Without scripts: the build that is there is the one under test.
  run("npm", ["pack", "--ignore-scripts", "--pack-destination", project], root);
  const packed = (await readdir(project)).find((name) => name.endsWith(".tgz")) ?? "";
  await writeFile(
    join(project, "package.json"),
    JSON.stringify({ name: "project", private: true, type: "module" }),
  );
  run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${packed}`]);
});

describe("the installed package", () => {
  it("brings neither a browser nor Dawn, nor what only a checkout needs", async () => {
    const installed = await readdir(join(project, "node_modules"));
    expect(installed).toContain("backlit");
    expect(installed).not.toContain("puppeteer");
    expect(installed).not.toContain("webgpu");
    expect((await readdir(join(project, "node_modules", "backlit"))).sort()).toEqual(
      expect.not.arrayContaining(["scripts", "src", "test"]),
    );
  });

  it("has the command, which says what to install for a runtime that is not there", () => {
    const bin = join("node_modules", "backlit", "bin", "backlit.js");
    const plan = JSON.parse(run(process.execPath, [bin, "plan", "--json"])) as object;
    expect(plan).toMatchObject({ type: "result", dispatchesPerStep: 3 });
    for (const [flags, missing, other] of [
      [[], "puppeteer", "--runtime node"],
      [["--runtime", "node"], "webgpu", "--runtime chrome"],
    ] as const) {
      const args = [bin, "train", ...flags, "--max-steps", "1", "--json"];
      const { stdout, stderr, status } = spawnSync(process.execPath, args, {
        cwd: project,
        encoding: "utf8",
      });
      expect(status).toBe(3);
      const { code, hint } = JSON.parse(stdout) as { code: string; hint: string };
      expect(code).toBe("runtime/missing");
      expect(hint).toContain(`Run: npm install ${missing}, or use ${other}`);
      // Before anything was announced or made.
      expect(stderr).toBe("");
    }
    expect(existsSync(join(project, "runs"))).toBe(false);
  });
});
