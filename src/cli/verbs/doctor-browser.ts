/** `backlit doctor --browser`: every Chrome of this machine with every known set of flags, and which adapter that gives. */
import { realpathSync } from "node:fs";
import {
  chromeCandidates,
  chromeFlags,
  chromeFlagSets,
  isSoftwareAdapter,
  probeChrome,
  type ProbedAdapter,
} from "../../../scripts/chrome.js";
import { AdapterError, EXIT } from "../../core/errors.ts";
import type { AdapterSummary } from "../../core/engine.ts";
import { adapterName } from "../../gpu/device.ts";
import type { Context } from "../context.ts";
import { table } from "../format.ts";

export interface FlagTrial {
  path: string;
  /** The set's name. */
  set: string;
  flags: string[];
  adapter: AdapterSummary | null;
  problem: string;
}

/** A GPU first; else the set that jobs run with on software; else whatever gives an adapter. */
export function bestTrial(trials: readonly FlagTrial[]): FlagTrial | undefined {
  const usual = chromeFlags("software").join(" ");
  return (
    trials.find(({ adapter }) => adapter !== null && !adapter.software) ??
    trials.find(({ adapter, flags }) => adapter !== null && flags.join(" ") === usual) ??
    trials.find(({ adapter }) => adapter !== null)
  );
}

/**
 * Every set of flags on each browser. One that a script starts, as distributions have it, is often found by itself, too:
 * then it has been tried already.
 * @param paths of programs and of scripts that start them @throws the signal's reason
 */
export async function tryAll(
  paths: readonly string[],
  probe: typeof probeChrome,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<FlagTrial[]> {
  const trials: FlagTrial[] = [];
  const started = new Map<string, string>();
  for (const path of paths) {
    const starter = started.get(realpathSync(path));
    if (starter !== undefined) {
      say(`${path} is what ${starter} starts.`);
      continue;
    }
    for (const { name, flags } of chromeFlagSets()) {
      say(`Trying ${path}, ${name} …`);
      const { adapter, problem, executable } = await probe(path, flags, { signal });
      if (executable !== undefined) started.set(executable, path);
      trials.push({ path, set: name, flags, adapter: adapter && summary(adapter), problem });
    }
  }
  return trials;
}

export async function tryFlags(context: Context, signal: AbortSignal): Promise<void> {
  const { output } = context;
  const paths = chromeCandidates();
  if (paths.length === 0) {
    throw new AdapterError("browser/none", "no Chrome was found on this machine", {
      hint: "Run `npx puppeteer browsers install chrome`, or set PUPPETEER_EXECUTABLE_PATH.",
    });
  }
  const trials = await tryAll(paths, probeChrome, (line) => output.say(line), signal);
  const best = bestTrial(trials);
  output.emit({ type: "result", usable: best !== undefined, best: best ?? null, trials });
  const rows = trials.map(({ path, set, adapter, problem }) => [
    path,
    set,
    adapter ? adapterName(adapter) : `none: ${problem}`,
  ]);
  output.print(table(["browser", "flags", "adapter"], rows, (text) => output.bold(text)));
  if (best === undefined) {
    context.exitCode = EXIT.noAdapter;
    output.print("\nNo set of flags gives an adapter here. Train with --runtime node or --engine cpu.");
    return;
  }
  output.print(`\nUse ${best.path} with "${best.set}":\n\n${best.flags.join(" ")}`);
  if (best.adapter?.software) {
    output.print("\nThat is a software adapter: it computes on the CPU. No set of flags gives a GPU here.");
  }
}

function summary(adapter: ProbedAdapter): AdapterSummary {
  const { vendor, architecture, device, description } = adapter;
  return { vendor, architecture, device, description, software: isSoftwareAdapter(adapter) };
}
