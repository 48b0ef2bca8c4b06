/** Contenders of the benchmark that take as long as they are told, on a clock that only they move. */
import type { Contender, Session } from "../../src/bench/contender.ts";
import type { BackendName, ContenderName, Protocol } from "../../src/bench/result.ts";
import type { Clock } from "../../src/bench/turns.ts";
import { createWorkload, type Workload, type WorkloadChoice } from "../../src/bench/workload.ts";

export class FakeClock implements Clock {
  time = 0;
  now(): number {
    return this.time;
  }
}

export interface FakeOptions {
  backend?: BackendName;
  /** Milliseconds of a step, by how many steps were taken before. */
  ms?: (step: number) => number;
  openMs?: number;
  readMs?: number;
  loss?: (step: number) => number;
  /** Thrown by this method. */
  failIn?: "open" | "first" | "losses" | "prepare" | "run";
  checksum?: number;
  /** By how many steps were taken. */
  accuracy?: (steps: number) => number;
}

export interface FakeContender extends Contender {
  /** What was asked of it: `"run 12"` and so on. */
  readonly log: string[];
  disposed: number;
}

export function fakeContender(
  name: ContenderName,
  clock: FakeClock,
  options: FakeOptions = {},
): FakeContender {
  const { backend = "webgpu", ms = () => 1, openMs = 0, readMs = 0, failIn, checksum = 1 } = options;
  const loss = options.loss ?? ((step) => 2 / (1 + step));
  let step = 0;
  const log: string[] = [];
  const act = (what: string, entry = what): void => {
    log.push(entry);
    if (what === failIn) throw new Error(`${what} failed`);
  };
  const take = (): number => {
    clock.time += ms(step);
    return loss(step++);
  };
  const session: Session = {
    notes: [`a note of ${name}`],
    async first() {
      act("first");
      take();
      clock.time += readMs;
    },
    async losses(n) {
      act("losses", `losses ${n}`);
      return Array.from({ length: n }, take);
    },
    async prepare() {
      act("prepare");
    },
    async run(n) {
      act("run", `run ${n}`);
      for (let i = 0; i < n; i++) take();
    },
    async checksum() {
      act("checksum");
      clock.time += readMs;
      return checksum;
    },
    async accuracy() {
      act("accuracy");
      return options.accuracy?.(step) ?? 0;
    },
    dispose() {
      contender.disposed++;
    },
  };
  const contender: FakeContender = {
    contender: name,
    backend,
    log,
    disposed: 0,
    async open() {
      act("open");
      step = 0;
      clock.time += openMs;
      return session;
    },
  };
  return contender;
}

/** Rows of random bytes would do; nobody looks at these. */
export function fakeWorkload(choice: Partial<WorkloadChoice> = {}): Workload {
  const rows = 64;
  const train = { images: new Uint8Array(rows * 4), labels: new Uint8Array(rows) };
  const test = { images: new Uint8Array(0), labels: new Uint8Array(0) };
  const dataset = { name: "none", height: 2, width: 2, classes: ["0", "1", "2"], train, test };
  return createWorkload({ hidden: [5], batch: 8, optimizer: "sgd", input: "mnist", ...choice }, dataset, 1);
}

export const FAKE_PROTOCOL: Protocol = {
  quick: false,
  lossSteps: 10,
  tolerance: 0.01,
  rounds: 5,
  seconds: 2,
  patience: 100,
  rows: 64,
  seed: 1,
};
