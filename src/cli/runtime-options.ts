/** Flags that choose where a job runs, and the runtime they stand for. */
import type { Command } from "commander";
import type { AdapterWish } from "../worker/job.ts";
import type { Context } from "./context.ts";
import { choice } from "./options.ts";
import { chromeRuntime } from "./runtimes/chrome.ts";
import { nodeRuntime } from "./runtimes/node.ts";
import type { Runtime } from "./runtimes/runtime.ts";

export type RuntimeName = "chrome" | "node";

export interface RuntimeFlags {
  runtime?: RuntimeName;
}

export function addRuntimeOptions(command: Command): Command {
  return command.option(
    "--runtime <NAME>",
    "headless chrome, or node with the webgpu package (default chrome; node for --engine cpu)",
    choice<RuntimeName>("runtime", ["chrome", "node"]),
  );
}

/** The CPU engine needs no browser, so it only runs in one when that is asked for. */
export function chooseRuntime(
  { output, obtainChrome }: Context,
  { runtime }: RuntimeFlags,
  { engine, adapter }: { engine: "gpu" | "cpu"; adapter: AdapterWish },
): Runtime {
  const say = (line: string): void => output.say(line);
  const name = runtime ?? (engine === "cpu" ? "node" : "chrome");
  return name === "chrome" ? chromeRuntime({ adapter, say, obtainChrome }) : nodeRuntime({ adapter, say });
}
