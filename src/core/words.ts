/** Numbers in sentences: grouped, with the noun that they count, shares, and sizes in bytes. */

const grouping = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 12,345 */
export function grouped(value: number): string {
  return grouping.format(value);
}

/** `1 step`, `12,345 steps`. @param many of a noun that does not simply take an s */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `98.61 %` */
export function percent(fraction: number, digits = 2): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}

/** `1.5 MB`, in powers of 1000. */
export function byteSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** Numbers and sums written elsewhere, with the minus sign of typography in place of the hyphen. */
export function withMinus(text: string): string {
  return text.replaceAll(/(?<=^|[\s(])-(?=[\d.\s]|[Ii]nf)|(?<=\de)-(?=\d)/g, "−");
}

/** In powers of ten: `1.2e−5`, `0`. */
export function power(value: number): string {
  return value === 0 ? "0" : withMinus(value.toExponential(1));
}
