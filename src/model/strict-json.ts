/**
 * JSON.parse keeps the last of two equal keys and says nothing. Headers that decide which bytes are whose must not be
 * read that way, so this finds the repetition.
 */

/**
 * The first key that occurs twice in one object of a JSON text, or `undefined`. Keys are compared after their escapes are
 * resolved.
 * @param json a text that JSON.parse accepts
 */
export function duplicateKey(json: string): string | undefined {
  /** One entry per open bracket: the keys seen in an object, `null` in an array. */
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(null);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = stringEnd(json, i);
      const keys = open.at(-1);
      if (keys && isKey(json, end)) {
        const key = JSON.parse(json.slice(i, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      i = end - 1;
    }
  }
  return undefined;
}

/** Index after the closing quote of the string that opens at `start`. */
function stringEnd(json: string, start: number): number {
  let i = start + 1;
  while (json[i] !== '"') i += json[i] === "\\" ? 2 : 1;
  return i + 1;
}

/** Only a key is followed by a colon. */
function isKey(json: string, after: number): boolean {
  let i = after;
  while (" \t\n\r".includes(json[i])) i++;
  return json[i] === ":";
}
