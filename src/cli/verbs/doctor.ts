/** `backlit doctor`: which browser, which flags, which adapter; and what to do when there is none. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { chromeFlags, findChrome } from "../../../scripts/chrome.js";
import type { AdapterSummary } from "../../core/engine.ts";
import { EXIT, toBacklitError } from "../../core/errors.ts";
import { adapterName } from "../../gpu/device.ts";
import { probeAdapter } from "../adapter-probe.ts";
import type { Context } from "../context.ts";
import { interruptible } from "../interrupt.ts";
import { DEFAULT_RUNTIME, type RuntimeName } from "../runtime-options.ts";
import { isInstalled } from "../runtimes/optional.ts";
import { findSwiftShader, vulkanDrivers } from "../runtimes/vulkan.ts";
import { tryFlags } from "./doctor-browser.ts";

interface RuntimeFinding {
  usable: boolean;
  adapter: AdapterSummary | null;
  problem: string;
  hint: string;
}

export function addDoctorVerb(program: Command, context: Context): void {
  program
    .command("doctor")
    .description("check the browser, its flags and the adapters of both runtimes")
    .option("--browser", "try the known sets of Chrome flags and say which adapter each gives")
    .option("--json", "JSON on standard output")
    .action(async (flags: { browser?: boolean }) => {
      const work = (signal: AbortSignal): Promise<void> =>
        flags.browser ? tryFlags(context, signal) : examine(context, signal);
      await interruptible(context, work, "ending the browser");
    });
}

async function examine(context: Context, signal: AbortSignal): Promise<void> {
  const { output } = context;
  const { chrome, rejected } = await findChrome({ fresh: true, log: (line) => output.say(line), signal });
  const findings = {
    chrome:
      chrome || !isInstalled("puppeteer")
        ? await adapterOf(context, "chrome", signal)
        : missingChrome(rejected),
    node: await adapterOf(context, "node", signal),
  };
  signal.throwIfAborted();
  const found = Object.values(findings).filter(({ usable }) => usable);
  const advice = adviceFor(
    found.map(({ adapter }) => adapter),
    findings,
  );
  output.emit({
    type: "result",
    usable: found.length > 0,
    defaultRuntime: DEFAULT_RUNTIME,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    chrome: {
      ...findings.chrome,
      path: chrome?.path ?? null,
      kind: chrome?.kind ?? null,
      flags: chrome ? chromeFlags(chrome.kind) : [],
      rejected,
      hardwareProblem: chrome?.hardwareProblem ?? "",
    },
    webgpu: { ...findings.node, vulkanDrivers: vulkanDrivers(), swiftShader: findSwiftShader() ?? null },
    advice,
  });
  const line = (name: string, { adapter, problem, hint }: RuntimeFinding): string =>
    `${name.padEnd(16)} ${adapter ? adapterName(adapter) : `none: ${problem}${hint ? `\n${" ".repeat(17)}${hint}` : ""}`}`;
  output.print(
    [
      `Node             ${process.version}, ${process.platform} ${process.arch}`,
      `Chrome           ${chrome?.path ?? "none found"}`,
      ...(chrome ? [`  flags          ${chromeFlags(chrome.kind).join(" ")}`] : []),
      ...(chrome?.hardwareProblem ? [`  hardware       none: ${chrome.hardwareProblem}`] : []),
      ...rejected.map(({ path, problem }) => `  rejected       ${path}: ${problem}`),
      line("--runtime chrome", findings.chrome),
      line("--runtime node", findings.node),
      "",
      advice,
    ].join("\n"),
  );
  if (!findings[DEFAULT_RUNTIME].usable) context.exitCode = EXIT.noAdapter;
}

function missingChrome(rejected: { path: string; problem: string }[]): RuntimeFinding {
  const named = process.env["PUPPETEER_EXECUTABLE_PATH"];
  const nowhere =
    named && !existsSync(named) ? `PUPPETEER_EXECUTABLE_PATH names ${named}, which is not there` : "";
  return {
    usable: false,
    adapter: null,
    problem:
      rejected.length > 0
        ? "no Chrome found gives a WebGPU adapter"
        : nowhere || "no Chrome was found on this machine",
    hint: "Run `npx puppeteer browsers install chrome`, or set PUPPETEER_EXECUTABLE_PATH.",
  };
}

async function adapterOf(
  context: Context,
  runtime: "chrome" | "node",
  signal: AbortSignal,
): Promise<RuntimeFinding> {
  try {
    const { adapter } = await probeAdapter(context, { runtime }, "auto", { explain: true, signal });
    return { usable: true, adapter, problem: "", hint: "" };
  } catch (error) {
    const { message, hint } = toBacklitError(error);
    return { usable: false, adapter: null, problem: message, hint };
  }
}

function adviceFor(
  adapters: (AdapterSummary | null)[],
  findings: Record<RuntimeName, RuntimeFinding>,
): string {
  if (adapters.length === 0) {
    return (
      "Nothing here can run WebGPU. Install a Chrome (`npx puppeteer browsers install chrome`, or on Debian and " +
      "Ubuntu `sudo apt-get install -y chromium`), or train with --engine cpu."
    );
  }
  const { usable, problem, hint } = findings[DEFAULT_RUNTIME];
  if (!usable) {
    return (
      `Training works with --runtime ${DEFAULT_RUNTIME === "chrome" ? "node" : "chrome"} only. ` +
      `Without that flag it does not: ${problem}. ${hint}`
    );
  }
  if (adapters.every((adapter) => adapter?.software)) {
    return (
      "Training works, on a software adapter: it computes on the CPU. For a GPU, install its driver " +
      "(on Linux with Vulkan) and run doctor again."
    );
  }
  return "Training works, on a GPU.";
}
