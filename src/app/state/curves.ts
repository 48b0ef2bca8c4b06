/** What the plots show: one column per reported step, validation only where an epoch ended. */
import { signal } from "@preact/signals";
import type { EpochEvent, StepEvent } from "../../train/events.ts";

export type CurveName = "loss" | "accuracy";

interface Column {
  step: number;
  train: Record<CurveName, number> | null;
  validation: Record<CurveName, number> | null;
}

export class Curves {
  /** A new object with every change, around a list that grows: long runs are not copied. */
  readonly columns = signal<{ list: Column[] }>({ list: [] });

  clear(): void {
    this.columns.value = { list: [] };
  }

  addStep({ step, loss, accuracy }: StepEvent): void {
    this.#add({ step, train: { loss, accuracy }, validation: null });
  }

  addEpoch({ step, validation }: EpochEvent): void {
    if (!validation) return;
    const { list } = this.columns.peek();
    const last = list.at(-1);
    this.#add({ step, train: last?.step === step ? list.pop()!.train : null, validation });
  }

  /** Steps, training values, validation values: as uPlot takes them. */
  series(name: CurveName): [number[], (number | null)[], (number | null)[]] {
    const { list } = this.columns.value;
    return [
      list.map(({ step }) => step),
      list.map(({ train }) => train?.[name] ?? null),
      list.map(({ validation }) => validation?.[name] ?? null),
    ];
  }

  #add(column: Column): void {
    const { list } = this.columns.peek();
    list.push(column);
    this.columns.value = { list };
  }
}
