/** A training run as a person follows it: one live line per epoch on a terminal, plain lines elsewhere. */
import { SingleBar } from "cli-progress";
import type { EpochEvent, StepEvent } from "../train/events.ts";
import type { StartEvent } from "../worker/job.ts";
import { adapterName } from "../gpu/device.ts";
import { counted, duration, grouped, percent } from "./format.ts";
import type { Output } from "./output.ts";

export class TrainDisplay {
  readonly #output: Output;
  #start: StartEvent | undefined;
  #bar: SingleBar | undefined;
  /** When the first step was handed over, and which one it was: what the ETA is reckoned from. */
  #began = { time: 0, step: 0 };

  constructor(output: Output) {
    this.#output = output;
  }

  start(event: StartEvent, runtime: string): void {
    this.#start = event;
    this.#began = { time: performance.now(), step: event.step };
    const { network, training, rows, dataset, adapter, step } = event;
    const widths = [network.input, ...network.layers.map((layer) => layer.units)].join(" - ");
    const goesOn = step > 0 ? `, going on from step ${grouped(step)}` : "";
    this.#output.print(
      [
        `${widths} on ${dataset.name} (${grouped(rows.train)} train, ${grouped(rows.validation)} validation, ` +
          `${grouped(rows.test)} test)`,
        `${training.optimizer}, learning rate ${training.learningRate} ${training.schedule}, batch ${training.batchSize}, ` +
          `${counted(training.epochs, "epoch")} of ${counted(event.stepsPerEpoch, "step")}, seed ${training.seed}${goesOn}`,
        `${event.engine} engine in ${runtime}, ${adapterName(adapter)}`,
        "",
      ].join("\n"),
    );
  }

  step(event: StepEvent): void {
    const start = this.#start;
    if (!this.#output.live || !start) return;
    if (!this.#bar) {
      this.#bar = new SingleBar({
        format: `${this.#epochName(event.epoch)}  {bar} {percentage} %  {scores}`,
        stream: this.#output.out,
        barsize: 24,
        clearOnComplete: true,
        hideCursor: true,
        fps: 8,
      });
      this.#bar.start(start.stepsPerEpoch, 0, { scores: "" });
    }
    const inEpoch = event.step - (event.epoch - 1) * start.stepsPerEpoch;
    this.#bar.update(inEpoch, {
      scores:
        `loss ${event.loss.toFixed(4)}  ${percent(event.accuracy)}  ` +
        `${grouped(event.samplesPerSecond)} samples/s  ETA ${this.#remaining(event.step)}`,
    });
  }

  epoch(event: EpochEvent): void {
    this.clear();
    const { validation, train, seconds } = event;
    const rows = this.#start?.rows.train ?? 0;
    const parts = [
      this.#epochName(event.epoch),
      `loss ${train.loss.toFixed(4)}`,
      `accuracy ${percent(train.accuracy)}`,
      ...(validation ? [`validation ${validation.loss.toFixed(4)} ${percent(validation.accuracy)}`] : []),
      duration(seconds),
      ...(seconds > 0 ? [`${grouped(rows / seconds)} samples/s`] : []),
      ...(event.epoch < (this.#start?.training.epochs ?? 0) ? [`ETA ${this.#remaining(event.step)}`] : []),
    ];
    this.#output.print(parts.join("  "));
  }

  /** Takes the live line away. */
  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #epochName(epoch: number): string {
    const total = String(this.#start?.training.epochs ?? epoch);
    return `epoch ${String(epoch).padStart(total.length)}/${total}`;
  }

  #remaining(step: number): string {
    const taken = step - this.#began.step;
    const left = (this.#start?.totalSteps ?? step) - step;
    if (taken <= 0) return "?";
    return duration(((performance.now() - this.#began.time) / 1000 / taken) * left);
  }
}
