/** The word that was probably meant. */

/** @returns the closest of the words, or nothing where none is near: within two changes, and a third of the length */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const distances = words.map((word) => ({ word, changes: changesBetween(given.toLowerCase(), word) }));
  const [best] = distances.sort((a, b) => a.changes - b.changes);
  return best && best.changes <= Math.min(2, Math.ceil(given.length / 3)) ? best.word : undefined;
}

/** Letters put in, left out, replaced or swapped with their neighbour (the optimal string alignment distance). */
function changesBetween(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
      }
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
