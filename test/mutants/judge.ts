/** Lets mutants meet cases until one of these notices. */
import type { CaseOrder } from "./case-order.ts";
import type { CaseWorker, NoAnswer } from "./case-worker.ts";
import type { Mutant } from "./mutants.ts";
import type { Answer, Question } from "./protocol.ts";

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

/** Of a question that gets no answer. */
const MOST_ATTEMPTS = 4;

export class Judge {
  readonly #order: CaseOrder;
  readonly #mostCases: number;
  readonly #passed = new Set<string>();
  /** How much longer than on an idle machine things may take. */
  #slack = 1;

  /** @param mostCases that a mutant meets: what survives those need not survive all */
  constructor(order: CaseOrder, mostCases: number = Infinity) {
    this.#order = order;
    this.#mostCases = mostCases;
  }

  async judge(worker: Asked, mutant: Mutant): Promise<Verdict> {
    const start = performance.now();
    const { file, text } = mutant;
    let met = 0;
    let failedToCompile = false;
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
      const answer = await this.#ask(worker, { case: name, mutant: { file, text } });
      if ("notCompiled" in answer && (answer.notCompiled || !answer.isComposed)) {
        failedToCompile ||= answer.notCompiled;
        continue;
      }
      met++;
      const failure = "lost" in answer ? answer.lost : answer.failure;
      this.#order.note(name, file, failure !== "");
      if (failure === "") continue;
      // A case says something only if it passes without the mutant.
      if (!this.#passed.has(name)) await this.#pass(worker, name);
      return verdict("killed", name, failure);
    }
    // What no case composes is noticed by none.
    return verdict(met === 0 && failedToCompile ? "discarded" : "survived");
  }

  /**
   * What a case says of a mutant. That it hangs or crashes counts only if it does so again, and if the case answers in that
   * time without the mutant in between: machines are busy, and processes end for reasons of their own.
   */
  async #ask(worker: Asked, question: Question): Promise<Answer | NoAnswer> {
    const { case: name } = question;
    let wasLost = false;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const answer = await worker.ask(question, this.#patience(name));
      if (!("lost" in answer) || wasLost) return answer;
      const right = await worker.ask({ case: name }, this.#patience(name));
      if ("lost" in right) this.#slack *= 2;
      else wasLost = true;
    }
    throw new Error(`"${name}" gives no answer without a mutant`);
  }

  /** @throws Error when a case fails without a mutant */
  async #pass(worker: Asked, name: string): Promise<void> {
    const answer = await worker.ask({ case: name }, 4 * this.#patience(name));
    const failure = "lost" in answer ? answer.lost : answer.failure;
    if (failure !== "") throw new Error(`"${name}" fails without a mutant: ${failure}`);
    this.#passed.add(name);
  }

  /** What a case may take, in milliseconds; beyond it hangs. */
  #patience(name: string): number {
    return this.#slack * (15_000 + 20_000 * this.#order.cost(name));
  }
}
