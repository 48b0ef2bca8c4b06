/** One process that runs cases, started anew whenever it hangs or crashes. */
import { fork, type ChildProcess } from "node:child_process";
import type { Answer, Message, Question } from "./protocol.ts";

/** The process did not answer: it hung beyond its time, or ended. */
export interface NoAnswer {
  lost: "hangs" | "crashes";
}

/** Long enough to load Dawn on a busy machine. */
const START_MS = 60_000;

export class CaseWorker {
  readonly #program: string;
  #child: ChildProcess | undefined;
  #adapter = "";

  /** @param program a module that answers questions when its first argument is `serve` */
  constructor(program: string) {
    this.#program = program;
  }

  /** The adapter that cases run on; empty before the first question. */
  get adapter(): string {
    return this.#adapter;
  }

  /** @throws Error when the process cannot be started, or fails other than by the question */
  async ask(question: Question, timeoutMs: number): Promise<Answer | NoAnswer> {
    if (this.#child === undefined) await this.#start();
    const child = this.#child!;
    child.send(question);
    const message = await nextMessage(child, timeoutMs);
    if (typeof message === "string") {
      this.stop();
      return { lost: message };
    }
    if ("answer" in message) return message.answer;
    this.stop();
    throw new Error(`"${question.case}": ${"error" in message ? message.error : "no answer"}`);
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  async #start(): Promise<void> {
    // What Dawn has to say about a broken kernel is of no interest here.
    this.#child = fork(this.#program, ["serve"], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    const message = await nextMessage(this.#child, START_MS);
    if (typeof message === "string" || !("ready" in message)) {
      this.stop();
      throw new Error(
        `cases cannot be run: ${typeof message === "string" ? `the process ${message}` : JSON.stringify(message)}`,
      );
    }
    this.#adapter = message.ready;
  }
}

function nextMessage(child: ChildProcess, timeoutMs: number): Promise<Message | NoAnswer["lost"]> {
  return new Promise((resolve) => {
    const end = (outcome: Message | NoAnswer["lost"]): void => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(outcome);
    };
    const onMessage = (message: unknown): void => end(message as Message);
    const onExit = (): void => end("crashes");
    const timer = setTimeout(() => end("hangs"), timeoutMs);
    child.on("message", onMessage);
    child.on("exit", onExit);
  });
}
