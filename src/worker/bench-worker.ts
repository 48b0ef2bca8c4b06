/** The benchmark page's worker: loads digits where they are asked for, and runs the same job as the command. */
import { expose } from "comlink";
import { SpecError, toBacklitError } from "../core/errors.ts";
import { probeAdapter } from "./adapter-job.ts";
import type { BenchApi, BenchPageEvent, BenchRequest } from "./bench-api.ts";
import { runBenchJob } from "./bench-job.ts";
import type { AdapterEvent, BenchJob } from "./job.ts";
import { errorToEvent, type ErrorEvent } from "./job-error.ts";
import { PageData } from "./page-data.ts";

/** TensorFlow.js fetches its binaries by their names. */
const PEER_FILES = new URL("./peers/", location.href).href;

class Bench implements BenchApi {
  readonly #data = new PageData();
  #stop: AbortController | undefined;

  probe(): Promise<AdapterEvent | ErrorEvent> {
    return probeAdapter(navigator.gpu);
  }

  async run(request: BenchRequest, onEvent: (event: BenchPageEvent) => void | Promise<void>): Promise<void> {
    const stop = new AbortController();
    try {
      if (this.#stop) throw new SpecError("run", "this worker is measuring already");
      this.#stop = stop;
      const job: BenchJob = {
        kind: "bench",
        engine: "gpu",
        adapter: request.adapter,
        suite: request.suite,
        narrowing: request.narrowing,
        peers: request.peers,
        protocol: request.protocol,
        tune: "off",
        environment: { runtime: "page", date: new Date().toISOString() },
        data: await this.#digits(request, onEvent),
      };
      const host = { gpu: navigator.gpu, signal: stop.signal, peerFiles: PEER_FILES };
      for await (const event of runBenchJob(job, host)) {
        await onEvent(
          event.type === "bench"
            ? { ...event, result: { ...event.result, command: request.command } }
            : event,
        );
      }
    } catch (error) {
      await onEvent(errorToEvent(toBacklitError(error)));
    } finally {
      if (this.#stop === stop) this.#stop = undefined;
    }
  }

  stop(): void {
    this.#stop?.abort();
  }

  /** Digits that the benchmark draws itself need no loading. */
  async #digits(
    { data, narrowing }: BenchRequest,
    onEvent: (event: BenchPageEvent) => void | Promise<void>,
  ): Promise<BenchJob["data"]> {
    const wanted = narrowing.input?.includes("mnist") ?? true;
    if (data.kind === "synthetic" || !wanted) return { kind: "synthetic" };
    return { kind: "given", dataset: await this.#data.open(data, (event) => void onEvent(event)) };
  }
}

expose(new Bench());
