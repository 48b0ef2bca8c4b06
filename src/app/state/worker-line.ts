/** The line to a worker: one worker at a time, made when it is needed, replaced when it has broken or was ended. */
import { wrap, type Remote } from "comlink";

/** Thrown by what was under way when the worker was ended on purpose. */
export class Cancelled extends Error {}

interface Connection<Api> {
  worker: Worker;
  api: Remote<Api>;
  /** Rejects when the worker breaks or is ended. */
  broken: Promise<never>;
  end: (error: Error) => void;
}

export class WorkerLine<Api> {
  readonly #create: () => Worker;
  #connection: Connection<Api> | undefined;

  constructor(create: () => Worker) {
    this.#create = create;
  }

  /** Asks, and gives up when the worker breaks or is ended. @throws Cancelled, or an error when the worker breaks */
  async ask<T>(question: (api: Remote<Api>) => T): Promise<Awaited<T>> {
    const { api, broken } = this.#connect();
    return Promise.race([question(api), broken]);
  }

  /** Tells a worker that is there. @returns its answer, which does not come when the worker breaks or is ended first */
  tell<T>(message: (api: Remote<Api>) => T): T | undefined {
    return this.#connection && message(this.#connection.api);
  }

  /** Ends whatever the worker does, at once. The next question goes to a new one. */
  end(): void {
    const ended = this.#connection;
    this.#connection = undefined;
    ended?.worker.terminate();
    ended?.end(new Cancelled("the worker was ended"));
  }

  #connect(): Connection<Api> {
    if (this.#connection) return this.#connection;
    const worker = this.#create();
    let end: (error: Error) => void = () => {};
    const broken = new Promise<never>((_, reject) => (end = reject));
    broken.catch(() => (this.#connection = undefined));
    worker.addEventListener("error", (event) => {
      worker.terminate();
      end(new Error(event.message || "the worker could not be started"));
    });
    this.#connection = { worker, api: wrap<Api>(worker), broken, end };
    return this.#connection;
  }
}
