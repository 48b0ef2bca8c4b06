/** A benchmark while it runs: a live line on a terminal, a line per part elsewhere, JSON lines with --json. */
import type { ProgressEvent } from "../bench/run.ts";
import { adapterName } from "../gpu/device.ts";
import type { JobEvent } from "../worker/job.ts";
import type { Output } from "./output.ts";

const PHASES: Record<ProgressEvent["phase"], string> = {
  open: "first step",
  losses: "comparing losses",
  "warm-up": "warming up",
  round: "timing",
  race: "training",
};

export class BenchDisplay {
  readonly #output: Output;
  #part = "";

  constructor(output: Output) {
    this.#output = output;
  }

  event(event: JobEvent): void {
    const output = this.#output;
    switch (event.type) {
      case "adapter":
        output.emit({ type: "adapter", adapter: event.adapter });
        output.print(`benchmark on ${adapterName(event.adapter)}\n`);
        break;
      case "progress":
        output.emit({ ...event });
        this.#follow(event);
        break;
      case "row":
        output.emit({ type: "row", ...event.row });
        break;
      case "warning":
        output.say(event.message);
        break;
      default:
    }
  }

  /** Takes the live line away. */
  clear(): void {
    if (this.#output.live) this.#output.out.write("\r\u001b[K");
  }

  #follow(event: ProgressEvent): void {
    const { part, parts, network, batch, optimizer, input, work, contender, phase, done, total } = event;
    const workload = network === undefined ? work : `${network}, batch ${batch}, ${optimizer}, ${input}`;
    const line = [`${part + 1}/${parts}`, ...(workload === undefined ? [] : [workload])].join("  ");
    const output = this.#output;
    if (output.live) {
      const where =
        phase === "round" ? ` round ${done + 1} of ${total}` : phase === "race" ? ` ${done} %` : "";
      const width = (output.out.columns ?? 80) - 1;
      output.out.write(`\r\u001b[K${`${line}: ${contender}, ${PHASES[phase]}${where}`.slice(0, width)}`);
    } else if (line !== this.#part) {
      output.print(line);
    }
    this.#part = line;
  }
}
