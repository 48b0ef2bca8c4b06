/** Which browsers are tried with which switches, and which Vulkan drivers count: without starting any. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import {
  chromeCandidates,
  chromeFlags,
  isSoftwareAdapter,
  probeChrome,
  swiftShaderDriver,
} from "../../scripts/chrome.js";
import { importOptional, isInstalled, requireInstalled } from "../../src/cli/runtimes/optional.ts";
import { vulkanDrivers } from "../../src/cli/runtimes/vulkan.ts";
import { tryAll } from "../../src/cli/verbs/doctor-browser.ts";
import type { AdapterError } from "../../src/core/errors.ts";

const CHROME_SCRIPT = new URL("../../scripts/chrome.js", import.meta.url).href;
const folder = await mkdtemp(join(tmpdir(), "backlit-browser-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe("chromeFlags", () => {
  it("give up the sandbox for root only", () => {
    const getuid = vi.spyOn(process, "getuid");
    getuid.mockReturnValue(0);
    expect(chromeFlags("software")).toContain("--no-sandbox");
    getuid.mockReturnValue(1000);
    expect(chromeFlags("software")).not.toContain("--no-sandbox");
    expect(chromeFlags("hardware")).not.toContain("--no-sandbox");
    getuid.mockRestore();
  });

  it("ask for SwiftShader for software only", () => {
    expect(chromeFlags("software")).toContain("--use-webgpu-adapter=swiftshader");
    expect(chromeFlags("hardware").join()).not.toContain("swiftshader");
  });
});

it("a browser named by PUPPETEER_EXECUTABLE_PATH is the only one", async () => {
  const chrome = join(folder, "my-chrome");
  await writeFile(chrome, "");
  vi.stubEnv("PUPPETEER_EXECUTABLE_PATH", chrome);
  expect(chromeCandidates()).toEqual([chrome]);
  vi.stubEnv("PUPPETEER_EXECUTABLE_PATH", join(folder, "nowhere"));
  expect(chromeCandidates()).toEqual([]);
});

it.skipIf(process.platform !== "linux")("a browser and a script that starts it are one", async () => {
  const [script, program, other] = ["wrapper", "answers.mjs", "other"].map((name) => join(folder, name));
  await writeFile(
    program,
    `await fetch(process.argv.at(-1), { method: "POST", body: '{"adapter":{"vendor":"v"},"problem":""}' });
     setInterval(() => {}, 1000);`,
  );
  await writeFile(script, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  await writeFile(other, "");
  const { executable, adapter } = await probeChrome(script, []);
  expect(adapter).toEqual({ vendor: "v" });
  expect(executable).toBe(await realpath(process.execPath));

  const said: string[] = [];
  const probe = (path: string) =>
    Promise.resolve({ adapter: null, problem: "none", executable: path === script ? executable : path });
  const trials = await tryAll([script, process.execPath, other], probe, (line) => said.push(line));
  expect([...new Set(trials.map(({ path }) => path))]).toEqual([script, other]);
  expect(said).toContain(`${process.execPath} is what ${script} starts.`);
});

describe.skipIf(process.platform === "win32")(
  "a probe that is ended leaves neither browser nor profile",
  () => {
    /** Stands for a browser that never answers; says its process before it waits. */
    async function silentBrowser(name: string): Promise<{ path: string; started: () => Promise<number> }> {
      const [path, pid] = [join(folder, name), join(folder, `${name}.pid`)];
      await writeFile(path, `#!/bin/sh\necho $$ > "${pid}.new"\nmv "${pid}.new" "${pid}"\nsleep 600\n`, {
        mode: 0o755,
      });
      return { path, started: () => vi.waitFor(async () => Number(await readFile(pid, "utf8")), 20_000) };
    }

    const profiles = async (): Promise<string[]> =>
      (await readdir(folder)).filter((name) => name.startsWith("backlit-probe-"));
    /** A process that was killed stays as a zombie until its exit code is asked for. */
    const gone = (pid: number): Promise<void> =>
      vi.waitFor(() => {
        const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
        expect(stdout.trim()).toMatch(/^(Z.*)?$/);
      }, 20_000);

    it("by its signal", async () => {
      vi.stubEnv("TMPDIR", folder);
      const { path, started } = await silentBrowser("silent");
      const stop = new AbortController();
      const probe = probeChrome(path, [], { signal: stop.signal });
      const pid = await started();
      expect(await profiles()).toHaveLength(1);
      stop.abort();
      await expect(probe).rejects.toBe(stop.signal.reason);
      expect(await profiles()).toEqual([]);
      await gone(pid);
      expect(process.listenerCount("SIGTERM")).toBe(0);
    });

    it("by the end of the process, also where nobody takes the system's signal", async () => {
      const { path, started } = await silentBrowser("silent-too");
      const script = `import { probeChrome } from ${JSON.stringify(CHROME_SCRIPT)}; await probeChrome("${path}", []);`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        env: { ...process.env, TMPDIR: folder },
      });
      const ended = once(child, "exit");
      const pid = await started();
      expect(await profiles()).toHaveLength(1);
      child.kill("SIGTERM");
      expect(await ended).toEqual([130, null]);
      expect(await profiles()).toEqual([]);
      await gone(pid);
    });
  },
);

it("finds the SwiftShader beside a browser", async () => {
  const place = join(folder, "chrome");
  await mkdir(place);
  await writeFile(join(place, "chrome"), "");
  await writeFile(join(place, "vk_swiftshader_icd.json"), "{}");
  expect(swiftShaderDriver(join(place, "chrome"))).toBe(join(place, "vk_swiftshader_icd.json"));
});

it.each([
  [{ vendor: "google", architecture: "swiftshader" }, true],
  [{ vendor: "mesa", description: "llvmpipe (LLVM 15.0.6, 256 bits)" }, true],
  [{ vendor: "microsoft", description: "Microsoft Basic Render Driver" }, true],
  [{ vendor: "nvidia", architecture: "hopper", isFallbackAdapter: true }, true],
  [{ vendor: "nvidia", architecture: "hopper", isFallbackAdapter: false }, false],
  [{ vendor: "apple", architecture: "metal-3" }, false],
])("knows whether %j is a program", (info, software) => {
  expect(isSoftwareAdapter(info)).toBe(software);
});

describe("vulkanDrivers", () => {
  it("goes by the loader's variables first, and by what is installed else", async () => {
    const installed = join(folder, "share", "vulkan", "icd.d");
    await mkdir(installed, { recursive: true });
    await writeFile(join(installed, "gpu_icd.json"), "{}");
    const own = join(folder, "own.json");
    await writeFile(own, "{}");
    const nowhere = join(folder, "empty");
    const env = { XDG_DATA_DIRS: join(folder, "share"), XDG_CONFIG_DIRS: nowhere, XDG_DATA_HOME: nowhere };
    expect(vulkanDrivers(env)).toContain(join(installed, "gpu_icd.json"));
    expect(vulkanDrivers({ ...env, VK_ICD_FILENAMES: own })).toEqual([own]);
    expect(vulkanDrivers({ ...env, VK_DRIVER_FILES: `${own}:${nowhere}` })).toEqual([own]);
  });
});

describe("importOptional", () => {
  it("says what to install", async () => {
    const missing = Object.assign(new Error("no"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(importOptional("webgpu", () => Promise.reject(missing))).rejects.toMatchObject({
      code: "runtime/missing",
      exitCode: 3,
      hint: "Run: npm install webgpu, or use --runtime chrome",
    });
    await expect(importOptional("webgpu", () => Promise.reject(new Error("bad ELF")))).rejects.toMatchObject({
      code: "runtime/broken",
      message: expect.stringContaining("bad ELF"),
    });
  });
});

describe("requireInstalled", () => {
  it("knows what is there without loading it", () => {
    expect(isInstalled("puppeteer")).toBe(true);
    expect(isInstalled("webgpu")).toBe(true);
    expect(isInstalled("no-such-package")).toBe(false);
    expect(() => requireInstalled("puppeteer")).not.toThrow();
  });

  it("names the other runtime, and what that would need", () => {
    const hint = (name: string, installed: string[]): string => {
      try {
        requireInstalled(name, (each) => installed.includes(each));
        return "";
      } catch (error) {
        return (error as AdapterError).hint;
      }
    };
    expect(hint("puppeteer", ["webgpu"])).toBe("Run: npm install puppeteer, or use --runtime node");
    expect(hint("webgpu", [])).toBe(
      "Run: npm install webgpu, or use --runtime chrome (with the package puppeteer)",
    );
  });
});
