/** A task of a worker: how it goes on, ends, fails and is stopped. */
import { describe, expect, it, vi } from "vitest";
import { Cancelled, type WorkerLine } from "../../src/app/state/worker-line.ts";
import { WorkerTask } from "../../src/app/state/worker-task.ts";

/** A line whose answer the test gives. */
function subject() {
  let resolve = (): void => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((...both) => ([resolve, reject] = both));
  const told = vi.fn();
  const end = vi.fn(() => reject(new Cancelled("the worker was ended")));
  const line = { ask: () => promise, tell: told, end } as unknown as WorkerLine<object>;
  const task = new WorkerTask(line, () => undefined);
  return { task, resolve, reject, told, end };
}

function begin(task: WorkerTask<object>): Promise<void> {
  return task.carryOut(
    () => {},
    () => Promise.resolve(),
  );
}

describe("a task of a worker", () => {
  it("starts, runs and ends; while it does it is busy", async () => {
    const { task, resolve } = subject();
    const prepare = vi.fn();
    expect(task.busy.value).toBe(false);
    const ended = task.carryOut(prepare, () => Promise.resolve());
    expect(prepare).toHaveBeenCalledOnce();
    expect([task.phase.value, task.busy.value]).toEqual(["starting", true]);
    task.begun();
    expect(task.phase.value).toBe("running");
    resolve();
    await ended;
    expect([task.phase.value, task.busy.value]).toEqual(["ended", false]);
    expect(task.failure.value).toBeNull();
  });

  it("that breaks says why, until it is started again", async () => {
    const { task, reject } = subject();
    const ended = begin(task);
    reject(new Error("out of breath"));
    await ended;
    expect(task.failure.value).toMatchObject({ code: "worker", message: "out of breath" });
    void begin(task);
    expect(task.failure.value).toBeNull();
  });

  it("is asked to stop, and at the second time ended, which is no failure", async () => {
    const { task, told, end } = subject();
    const ended = begin(task);
    task.begun();
    task.stop();
    expect(task.phase.value).toBe("stopping");
    expect(told).toHaveBeenCalledOnce();
    // What the worker says now does not set it running again.
    task.begun();
    expect(task.phase.value).toBe("stopping");
    task.stop();
    expect(end).toHaveBeenCalledOnce();
    await ended;
    expect([task.phase.value, task.failure.value]).toEqual(["ended", null]);
  });

  it("is ended at once while it only starts", async () => {
    const { task, told, end } = subject();
    const ended = begin(task);
    task.stop();
    expect(told).not.toHaveBeenCalled();
    expect(end).toHaveBeenCalledOnce();
    await ended;
  });
});
