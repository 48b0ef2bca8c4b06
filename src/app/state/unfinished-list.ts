/** A list on its way to its next value, as `64,` is: what counts of it already. */
export function withoutLastComma(text: string): string {
  return text.replace(/(?<=[^,\s])\s*,$/, "");
}
