/** Flags that choose where a job runs, and the runtime they stand for. */
import type { Command } from "commander";
import { idleBecauseOf } from "../core/idle-options.ts";
import {
  runOptions,
  type resolveRunOptions,
  type RunOption,
  type RunOptionName,
  type RunOptions,
} from "../core/run-options.ts";
import type { AdapterWish } from "../worker/job.ts";
import type { Context } from "./context.ts";
import { choice } from "./options.ts";
import { chromeRuntime } from "./runtimes/chrome.ts";
import { nodeRuntime } from "./runtimes/node.ts";
import { requireInstalled } from "./runtimes/optional.ts";
import type { Runtime } from "./runtimes/runtime.ts";

export type RuntimeName = "chrome" | "node";

export interface RuntimeFlags {
  runtime?: RuntimeName;
}

/** After the run options: what the default depends on is said where the verb has it. */
export function addRuntimeOptions(command: Command): Command {
  const onCpu = command.options.some(({ long }) => long === "--engine") ? "; node for --engine cpu" : "";
  return command.option(
    "--runtime <NAME>",
    `headless chrome, or node with the webgpu package (default chrome${onCpu})`,
    choice<RuntimeName>("runtime", ["chrome", "node"]),
  );
}

/**
 * Says which of the options that were typed mean nothing beside the others.
 * @param resolved what they came to, with all others
 */
export function sayIdleOptions(
  { output }: Context,
  resolved: ReturnType<typeof resolveRunOptions>,
  given: RunOptions,
): void {
  for (const name of Object.keys(given) as RunOptionName[]) {
    const { flag, default: usual }: RunOption = runOptions[name];
    const idle = idleBecauseOf(name, resolved);
    if (idle === undefined || given[name] === undefined || given[name] === usual) continue;
    output.say(`--${flag} ${String(given[name])} has no effect: ${idle} does not use it.`);
  }
}

/** Where jobs run when nothing else is said. */
export const DEFAULT_RUNTIME: RuntimeName = "chrome";

/**
 * The CPU engine needs no browser, so it only runs in one when that is asked for.
 * @param explain whether it is said why a software adapter is taken
 * @throws AdapterError `runtime/missing` without the package that the runtime needs
 */
export function chooseRuntime(
  { output, obtainChrome }: Context,
  { runtime }: RuntimeFlags,
  { engine, adapter }: { engine: "gpu" | "cpu"; adapter: AdapterWish },
  { explain = false } = {},
): Runtime {
  const say = (line: string): void => output.say(line);
  const sayAdapter = explain ? say : undefined;
  const name = runtime ?? (engine === "cpu" ? "node" : DEFAULT_RUNTIME);
  if (name === "chrome") {
    requireInstalled("puppeteer");
    return chromeRuntime({ adapter, say, sayAdapter, obtainChrome });
  }
  if (engine === "gpu") requireInstalled("webgpu");
  return nodeRuntime({ adapter, say, sayAdapter });
}
