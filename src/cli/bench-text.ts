/** A benchmark on a terminal: what is being done while it runs, then the ratios, then the figures behind them. */
import type { BenchResult, StepRatio, StepRow, WorkloadId } from "../bench/result.ts";
import { adapterName } from "../gpu/device.ts";
import type { JobEvent } from "../worker/job.ts";
import { duration, percent, table } from "./format.ts";
import type { Output } from "./output.ts";

const NAMES = { backlit: "Backlit", tfjs: "TensorFlow.js", jax: "jax-js" };
const BACKENDS = { webgpu: "WebGPU", wasm: "wasm", cpu: "plain loop" };

const PHASES = { open: "first step", losses: "comparing losses", "warm-up": "warming up", round: "timing" };

/** Follows the events of a benchmark. */
export class BenchDisplay {
  readonly #output: Output;
  #last = "";

  constructor(output: Output) {
    this.#output = output;
  }

  event(event: JobEvent): void {
    const { output } = this;
    switch (event.type) {
      case "adapter":
        output.emit({ type: "adapter", adapter: event.adapter });
        output.print(`benchmark on ${adapterName(event.adapter)}\n`);
        break;
      case "progress": {
        output.emit({ ...event });
        const { network, batch, optimizer, input, phase, contender, workload, workloads } = event;
        const what = `${workload + 1}/${workloads}  ${network}, batch ${batch}, ${optimizer}, ${input}`;
        const round = phase === "round" ? ` round ${event.done + 1} of ${event.total}` : "";
        if (output.live) this.#draw(`${what}: ${contender}, ${PHASES[phase]}${round}`);
        else if (what !== this.#last) output.print(what);
        this.#last = what;
        break;
      }
      case "row":
        output.emit({ type: "row", ...event.row });
        break;
      case "warning":
        output.say(event.message);
        break;
      default:
    }
  }

  get output(): Output {
    return this.#output;
  }

  /** Takes the live line away. */
  clear(): void {
    if (this.#output.live) this.#output.out.write("\r\u001b[K");
  }

  #draw(line: string): void {
    const width = this.#output.out.columns ?? 80;
    this.#output.out.write(`\r\u001b[K${line.slice(0, width - 1)}`);
  }
}

/** Ratios first; the name of the adapter is in the title. */
export function benchText(result: BenchResult, bold: (text: string) => string): string {
  const { adapter, ratios, rows, skipped, datasets, environment, protocol, interrupted } = result;
  const parts = [
    bold(`${result.suite} on ${adapterName(adapter)}, ${environment.runtime}`),
    ...(interrupted ? ["Interrupted: this is what was measured until then."] : []),
    ...(ratios.length > 0 ? [ratioTable(ratios, bold)] : []),
    ...(rows.length > 0 ? [rowTable(rows, bold)] : []),
    [
      ...datasets.map(({ input, description }) => `${input}: ${description}`),
      ...skipped.map((each) => `skipped: ${skippedName(each)}: ${each.reason}`),
      `${protocol.quick ? "A quick look, not a measurement to quote: losses" : "Losses"} compared over ` +
        `${protocol.lossSteps} steps; at least ${protocol.rounds} rounds and ${protocol.seconds} s for each; ` +
        `medians, spread is the interquartile range over the median. ${duration(result.seconds)} in all.`,
    ].join("\n"),
  ];
  return parts.join("\n\n");
}

function workloadText({ network, batch, optimizer, input }: WorkloadId): string[] {
  return [network, String(batch), optimizer, input];
}

const WORKLOAD = ["network", "batch", "optimizer", "input"];

function ratioTable(ratios: readonly StepRatio[], bold: (text: string) => string): string {
  const rows = ratios.map((ratio) => [
    ...workloadText(ratio),
    ratio.ratio.toFixed(3),
    `of ${NAMES[ratio.against]} ${BACKENDS[ratio.backend]}`,
    `${ratio.lowest.toFixed(3)} to ${ratio.highest.toFixed(3)}`,
  ]);
  return table([...WORKLOAD, "our time", "over theirs (below 1: faster)", "rounds"], rows, bold);
}

function rowTable(rows: readonly StepRow[], bold: (text: string) => string): string {
  const cells = rows.map((row) => [
    ...workloadText(row),
    `${NAMES[row.contender]} ${BACKENDS[row.backend]}`,
    milliseconds(row.msPerStep),
    percent(row.spread, 1),
    row.gflops.toFixed(2),
    milliseconds(row.firstStepMs),
    row.lossAgrees ? "agree" : `DIFFER by ${percent(row.lossWorst, 1)}: not ranked`,
    row.notes.join("; "),
  ]);
  const head = [...WORKLOAD, "contender", "ms/step", "spread", "GFLOP/s", "first step", "losses", "notes"];
  return table(head, cells, bold);
}

function milliseconds(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function skippedName({
  contender,
  backend,
  network,
  batch,
  optimizer,
  input,
}: BenchResult["skipped"][number]): string {
  const who = contender === undefined ? [] : [`${NAMES[contender]} ${BACKENDS[backend ?? "webgpu"]}`];
  const what = network === undefined ? [] : [`${network}, batch ${batch}, ${optimizer}, ${input}`];
  return [...who, ...what].join(" on ");
}
