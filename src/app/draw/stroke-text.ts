/**
 * The drawing as the address has it: `strokes=…`, a few hundred characters. Points lie on a grid finer than a screen's
 * pixels; each is written as its distance from the one before, in whole numbers of as few bytes as they need, and the bytes
 * as base64url. Pure.
 */
import type { Stroke } from "../../data/images/strokes.ts";

/** Lines of the grid over the frame's longer side. */
const GRID = 1024;
/** A pen's width is written in so many parts of the frame's longer side. */
const WIDTHS = 1000;
/** Longer than any digit; of longer addresses, programs that pass links on lose the end. */
export const MOST_CHARACTERS = 4000;
/** So far outside of the frame, in frames, a pointer may be drawn. */
const BEYOND = 4;

/** As strokes are read again: points on the grid, and the pen no wider or narrower than it is written. */
export function asWritten({ width, points }: Stroke): Stroke {
  return { width: writtenWidth(width) / WIDTHS, points: points.map((at) => gridLine(at) / GRID) };
}

function writtenWidth(width: number): number {
  return Math.max(1, Math.round(width * WIDTHS));
}

function gridLine(at: number): number {
  return Math.round(GRID * Math.min(BEYOND, Math.max(-BEYOND, at)));
}

/** @returns `""` for an empty paper; undefined for a drawing that is too long for an address */
export function writeStrokes(strokes: readonly Stroke[]): string | undefined {
  const bytes: number[] = [];
  for (const { width, points } of strokes) {
    const path = onGrid(points);
    writeWhole(bytes, writtenWidth(width));
    writeWhole(bytes, path.length / 2);
    path.forEach((at, i) => writeSigned(bytes, i < 2 ? at : at - path[i - 2]));
    // A base64 character stands for six bits.
    if ((8 * bytes.length) / 6 > MOST_CHARACTERS) return undefined;
  }
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** @returns undefined for what is no drawing */
export function readStrokes(text: string): Stroke[] | undefined {
  if (text.length > MOST_CHARACTERS || !/^[\w-]*$/.test(text)) return undefined;
  let binary: string;
  try {
    binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
  const bytes = new Reader(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  const strokes: Stroke[] = [];
  while (!bytes.atEnd) {
    const width = bytes.whole() / WIDTHS;
    const count = bytes.whole();
    // A point takes two bytes at least, so that a count cannot promise more than there is.
    if (!(width > 0 && width <= 1 && count >= 1 && 2 * count <= bytes.left)) return undefined;
    const points: number[] = [];
    for (let i = 0; i < 2 * count; i++) points.push((points[i - 2] ?? 0) + bytes.signed() / GRID);
    if (!points.every((at) => Math.abs(at) <= BEYOND)) return undefined;
    strokes.push({ width, points });
  }
  return bytes.isWhole ? strokes : undefined;
}

/** Points that fall together with the one before are left out. @param points `[x, y, …]` as parts of the longer side */
function onGrid(points: readonly number[]): number[] {
  const path: number[] = [];
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [gridLine(points[i]), gridLine(points[i + 1])];
    if (i === 0 || x !== path.at(-2) || y !== path.at(-1)) path.push(x, y);
  }
  return path;
}

/** Seven bits to a byte, the lowest first; the eighth says that more follow. @param value from 0, below 2^28 */
function writeWhole(bytes: number[], value: number): void {
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  bytes.push(value);
}

/** The sign in the lowest bit, so that small numbers of either sign are short. */
function writeSigned(bytes: number[], value: number): void {
  writeWhole(bytes, value < 0 ? -2 * value - 1 : 2 * value);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Whether every number ended before the bytes did. */
  isWhole = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  get atEnd(): boolean {
    return this.left <= 0;
  }

  whole(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 128;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    this.isWhole = false;
    return 0;
  }

  signed(): number {
    const value = this.whole();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
