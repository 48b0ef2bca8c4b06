/** Runs cases by name where there is a `GPU`: the part of the browser tests that lives on the page or in the worker. */
import { adapterName, describeAdapter, requestDevice } from "../../src/gpu/device.ts";
import { CASES, NODE_CASES } from "../cases/index.ts";
import { Lab, type CaseReport } from "./gpu-lab.ts";

export type Question = { adapter: true } | { case: string };
export type Answer = string | CaseReport;

export class CaseRunner {
  readonly #gpu: GPU | undefined;
  #lab: Promise<Lab> | undefined;

  constructor(gpu: GPU | undefined) {
    this.#gpu = gpu;
  }

  /** The adapter's name, or the report of a case. */
  async answer(question: Question): Promise<Answer> {
    const lab = await (this.#lab ??= this.#open());
    if ("adapter" in question) return adapterName(describeAdapter(lab.device.adapterInfo));
    const found = [...CASES, ...NODE_CASES].find(({ name }) => name === question.case);
    if (found === undefined) throw new Error(`there is no case "${question.case}"`);
    return lab.run(found);
  }

  async close(): Promise<void> {
    const lab = await this.#lab;
    lab?.device.destroy();
  }

  async #open(): Promise<Lab> {
    const open = (): Promise<GPUDevice> => requestDevice(this.#gpu);
    return new Lab(await open(), open);
  }
}
