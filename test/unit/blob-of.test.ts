/** Bytes that are copied piece by piece. */
import { expect, it } from "vitest";
import { blobOf, inPieces } from "../../src/worker/blob-of.ts";

it.each([0, 3, (8 << 20) + 5])(
  "has all of %i bytes, with turns of the event loop between pieces",
  async (length) => {
    const bytes = Uint8Array.from({ length: Math.min(length, 4096) }, (_, i) => i * 7);
    const whole = new Uint8Array(length);
    for (let at = 0; at < length; at += bytes.length) whole.set(bytes.subarray(0, length - at), at);
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    const blob = await blobOf(whole, "application/zip");
    clearInterval(count);
    expect(blob.type).toBe("application/zip");
    expect(Buffer.compare(Buffer.from(await blob.arrayBuffer()), Buffer.from(whole))).toBe(0);
    const sizes: number[] = [];
    for await (const piece of inPieces(whole)) sizes.push(piece.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4 << 20);
    if (length > 4 << 20) expect(turns).toBeGreaterThan(0);
  },
);
