/** A task that a worker takes a while for: where it stands, how it is stopped, and why it failed. */
import { batch, computed, signal } from "@preact/signals";
import type { Remote } from "comlink";
import type { Failure } from "./advice.ts";
import { Cancelled, type WorkerLine } from "./worker-line.ts";

export type TaskPhase = "idle" | "starting" | "running" | "stopping" | "ended";

export class WorkerTask<Api> {
  readonly phase = signal<TaskPhase>("idle");
  readonly failure = signal<Failure | null>(null);
  readonly busy = computed(() => this.phase.value !== "idle" && this.phase.value !== "ended");

  readonly #line: WorkerLine<Api>;
  readonly #askToStop: (api: Remote<Api>) => unknown;

  /** @param askToStop has what was done so far become the result */
  constructor(line: WorkerLine<Api>, askToStop: (api: Remote<Api>) => unknown) {
    this.#line = line;
    this.#askToStop = askToStop;
  }

  /** Carries it out, until it has ended however it ended. @param prepare what belongs to the same change of the page */
  async carryOut(prepare: () => void, question: (api: Remote<Api>) => Promise<void>): Promise<void> {
    batch(() => {
      prepare();
      this.failure.value = null;
      this.phase.value = "starting";
    });
    try {
      await this.#line.ask(question);
    } catch (error) {
      if (!(error instanceof Cancelled)) this.failure.value = brokenWorker(error);
    }
    this.phase.value = "ended";
  }

  /** The worker has begun. */
  begun(): void {
    if (this.phase.value === "starting") this.phase.value = "running";
  }

  /** The first time it is asked to stop; a second time the worker is ended at once. */
  stop(): void {
    if (this.phase.value === "running") {
      this.phase.value = "stopping";
      this.#line.tell(this.#askToStop);
    } else if (this.busy.value) {
      this.#line.end();
    }
  }
}

/** What a worker threw that should have told of its errors instead. */
export function brokenWorker(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "worker",
    message,
    hint: "Reload the page and start again. A browser ends a worker that takes more memory than there is.",
  };
}
