/** An axis on which equal distances are equal factors. */

export interface LogAxis {
  from: number;
  to: number;
  /** Where lines and labels stand. */
  values: number[];
  /** 0 at `from`, 1 at `to`. */
  at(value: number): number;
}

/** More labels than this crowd an axis. */
const MOST_VALUES = 7;

/**
 * @param values what must find room, all above 0
 * @param below whether the axis begins at a labelled value, so that there is one below all others to read them against
 */
export function logAxis(values: readonly number[], { below = false } = {}): LogAxis {
  const least = Math.min(...values);
  const most = Math.max(...values);
  // A little room at both ends, more where everything is at one place.
  const room = most > least * 1.05 ? (most / least) ** 0.04 : 2;
  const to = most * room;
  const from = below ? tickBelow(least, to) : least / room;
  const span = Math.log(to / from);
  return { from, to, values: logTicks(from, to), at: (value) => Math.log(value / from) / span };
}

/** The largest value below `least` with which an axis up to `to` is still labelled at its beginning. */
function tickBelow(least: number, to: number): number {
  const power = Math.floor(Math.log10(least));
  const candidates = [5, 3, 2, 1].map((factor) => Number((factor * 10 ** power).toPrecision(3)));
  return candidates.find((from) => from <= least && logTicks(from, to)[0] === from) ?? 10 ** power;
}

/** Values of the form 1, 2, 5 times a power of ten within a range, or fewer where those would be too many. */
export function logTicks(from: number, to: number): number[] {
  const first = Math.floor(Math.log10(from)) - 1;
  const last = Math.ceil(Math.log10(to));
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const values = Array.from({ length: last - first + 1 }, (_, i) =>
      factors.map((factor) => Number((factor * 10 ** (first + i)).toPrecision(3))),
    ).flat();
    const inside = values.filter((value) => value >= from && value <= to);
    if (inside.length <= MOST_VALUES) return inside.length > 1 ? inside : [from, to].map(twoDigits);
  }
  const powers = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)).filter(
    (value) => value >= from && value <= to,
  );
  const stride = Math.ceil(powers.length / MOST_VALUES);
  return powers.filter((_, i) => i % stride === 0);
}

function twoDigits(value: number): number {
  return Number(value.toPrecision(2));
}
