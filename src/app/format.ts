/** Numbers as the page writes them. */
import { percent as spacedPercent, power, withMinus } from "../core/words.ts";
import { figureText } from "../lens/derivation/display.ts";

export { byteSize, counted, grouped, power, withMinus } from "../core/words.ts";

/** Between a number and its unit, so that no line ends there. */
const NO_BREAK = "\u00a0";

/** `98.61 %`, in one piece */
export function percent(fraction: number, digits = 2): string {
  return spacedPercent(fraction, digits).replace(" ", NO_BREAK);
}

/** With so many decimals; what would sprawl, in powers of ten: `2.09e+7`; what is not finite says so. */
export function decimal(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return withMinus(String(value));
  return withMinus(Math.abs(value) < 1e4 ? value.toFixed(digits) : value.toExponential(2));
}

/** Three significant digits, or as many as said; what would vanish or sprawl, in powers of ten: `0.0123`, `−1.2e−5`. */
export function significant(value: number, digits = 3): string {
  const size = Math.abs(value);
  const isPlain = value === 0 || (size >= 1e-3 && size < 1e4);
  return withMinus(isPlain ? String(Number(value.toPrecision(digits))) : power(value));
}

/** An entry of a matrix, as the lens writes it. */
export function figure(value: number): string {
  return withMinus(figureText(value));
}

/** `850 ms`, `12.3 s`, `4 min 05 s`, `1 h 02 min`, in one piece */
export function duration(seconds: number): string {
  return spacedDuration(seconds).replaceAll(" ", NO_BREAK);
}

function spacedDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "unknown";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
}

/** Begins with a capital, unless that would misspell a name, and ends with a stop. */
export function sentence(message: string): string {
  const first = /^[a-z]+[ ,]/.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
