/** What travels between the command and its page, and how both wait for each other. */
import { describe, expect, it } from "vitest";
import { Channel } from "../../src/cli/runtimes/channel.ts";
import { BacklitError, DivergedError } from "../../src/core/errors.ts";
import { errorToEvent, eventToError } from "../../src/worker/job-error.ts";
import { decodePacket, encodePacket } from "../../src/worker/packet.ts";

describe("packets", () => {
  it("carry values and typed arrays of every kind, wherever they lie", () => {
    const value = {
      name: "α",
      bytes: Uint8Array.from([1, 2, 3]),
      nested: [{ floats: Float32Array.from([1.5, -0]) }, { doubles: Float64Array.from([Math.PI]) }],
      counts: Uint32Array.from([2 ** 32 - 1]),
      view: new Uint8Array([9, 8, 7, 6]).subarray(1, 3),
      empty: new Float32Array(0),
      none: null,
    };
    expect(decodePacket(encodePacket(value))).toEqual(value);
    // Bytes from a socket seldom start on a boundary.
    const shifted = new Uint8Array(encodePacket(value).length + 3);
    shifted.set(encodePacket(value), 3);
    expect(decodePacket(shifted.subarray(3))).toEqual(value);
  });

  it("carry numbers that JSON cannot write", () => {
    const value = { loss: NaN, nested: [Infinity, -Infinity, 1], none: null };
    expect(decodePacket(encodePacket(value))).toEqual(value);
  });

  it("that end early are refused", () => {
    const bytes = encodePacket({ data: new Float32Array(10) });
    for (const length of [0, 3, 20, bytes.length - 1]) {
      expect(() => decodePacket(bytes.slice(0, length))).toThrow(/ended after/);
    }
  });

  it("refuse arrays they cannot carry", () => {
    expect(() => encodePacket({ data: new Int16Array(1) })).toThrow(/Int16Array/);
  });
});

describe("errors", () => {
  it("keep their code, hint and exit code on the way", () => {
    const error = new BacklitError("idx/magic", "bad", { hint: "do", exitCode: 2 });
    const back = eventToError(errorToEvent(error));
    expect(back).toMatchObject({ code: "idx/magic", message: "bad", hint: "do", exitCode: 2 });
  });

  it("keep the fault of a divergence", () => {
    const error = new DivergedError({ step: 7, layer: 1, tensor: "dW" }, 6);
    const back = eventToError(errorToEvent(error));
    expect(back).toBeInstanceOf(DivergedError);
    expect(back).toMatchObject({ message: error.message, exitCode: 4, fault: { step: 7, layer: 1 } });
  });
});

describe("Channel", () => {
  it("delivers in order and tells the producer when an item was taken", async () => {
    const channel = new Channel<number>();
    const taken: number[] = [];
    const pushes = [1, 2, 3].map((n) => channel.push(n).then(() => taken.push(n)));
    await Promise.resolve();
    expect(taken).toEqual([]);
    channel.end();
    const seen: number[] = [];
    for await (const n of channel) seen.push(n);
    await Promise.all(pushes);
    expect([seen, taken]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it("delivers what came before a failure, then throws", async () => {
    const channel = new Channel<number>();
    void channel.push(1);
    channel.fail(new Error("gone"));
    const seen: number[] = [];
    const reading = (async () => {
      for await (const n of channel) seen.push(n);
    })();
    await expect(reading).rejects.toThrow("gone");
    expect(seen).toEqual([1]);
  });

  it("never leaves a producer waiting for a consumer that has gone", async () => {
    const channel = new Channel<number>();
    void channel.push(1);
    const waiting = channel.push(2);
    for await (const n of channel) if (n === 1) break;
    await waiting;
    await channel.push(3);
  });
});
