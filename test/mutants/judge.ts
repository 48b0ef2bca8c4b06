/** Lets mutants meet cases until one of these notices. */
import type { CaseOrder } from "./case-order.ts";
import type { CaseWorker, NoAnswer } from "./case-worker.ts";
import type { Mutant } from "./mutants.ts";
import type { Answer } from "./protocol.ts";

/** What runs cases. */
export type Asked = Pick<CaseWorker, "ask">;

export interface Verdict {
  mutant: Mutant;
  /** `discarded`: it compiles in no case, so it is no mutant. */
  result: "killed" | "survived" | "discarded";
  /** The case that noticed, and what it said; `hangs` or `crashes` where it could not say anything. */
  by?: string;
  failure?: string;
  /** Cases that it met. */
  met: number;
  seconds: number;
}

/** What a case may take, in milliseconds, beyond which it hangs: far more than it does on a machine that is busy otherwise. */
const patience = (seconds: number): number => 15_000 + 20_000 * seconds;

export class Judge {
  readonly #order: CaseOrder;
  readonly #mostCases: number;
  readonly #passed = new Set<string>();

  /** @param mostCases that a mutant meets: what survives those need not survive all */
  constructor(order: CaseOrder, mostCases: number = Infinity) {
    this.#order = order;
    this.#mostCases = mostCases;
  }

  async judge(worker: Asked, mutant: Mutant): Promise<Verdict> {
    const start = performance.now();
    const { file, text } = mutant;
    let met = 0;
    let compiled = false;
    const verdict = (result: Verdict["result"], by?: string, failure?: string): Verdict => ({
      mutant,
      result,
      ...(by !== undefined && { by, failure }),
      met,
      seconds: (performance.now() - start) / 1000,
    });
    const cases = this.#order.for(file);
    for (const name of cases) {
      if (met === this.#mostCases) break;
      const question = { case: name, mutant: { file, text } };
      const ask = (): Promise<Answer | NoAnswer> => worker.ask(question, patience(this.#order.cost(name)));
      let answer = await ask();
      // A process can end for reasons of its own, but hardly twice.
      if ("lost" in answer && answer.lost === "crashes") answer = await ask();
      if ("notCompiled" in answer && answer.notCompiled) continue;
      met++;
      compiled = true;
      const failure = "lost" in answer ? answer.lost : answer.failure;
      this.#order.note(name, file, failure !== "");
      if (failure === "") continue;
      // A case says something only if it passes without the mutant; beside one that hung it has to show that again.
      if ("lost" in answer || !this.#passed.has(name)) await this.#pass(worker, name);
      return verdict("killed", name, failure);
    }
    // What no case composes is noticed by none.
    return verdict(compiled || cases.length === 0 ? "survived" : "discarded");
  }

  /** @throws Error when a case fails without a mutant */
  async #pass(worker: Asked, name: string): Promise<void> {
    const answer = await worker.ask({ case: name }, patience(this.#order.cost(name)));
    const failure = "lost" in answer ? answer.lost : answer.failure;
    if ("lost" in answer || failure !== "") throw new Error(`"${name}" fails without a mutant: ${failure}`);
    this.#passed.add(name);
  }
}
