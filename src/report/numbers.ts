/** Numbers as people read them. */
import { grouped } from "../core/words.ts";

export { byteSize, counted, grouped, percent } from "../core/words.ts";

/** `850 ms`, `12.3 s`, `4:05 min`, `1:02:03 h` */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)} min`;
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)} h`;
}

/** `1,234`, `12.3`, `0.0456`: no more than three digits behind what is known. */
export function threeDigits(value: number): string {
  return value >= 100 ? grouped(value) : Number(value.toPrecision(3)).toString();
}

/** `[2, 0]`: the element of a tensor that lies there row by row, its indices from 0. */
export function placeText(shape: readonly number[], index: number): string {
  let rest = index;
  const place = shape.toReversed().map((size, i) => {
    // The first dimension takes what is left.
    if (i === shape.length - 1) return rest;
    const at = rest % size;
    rest = Math.floor(rest / size);
    return at;
  });
  return `[${place.toReversed().join(", ")}]`;
}
