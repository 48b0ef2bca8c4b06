/** The view's state in the address: which step, what was changed in it, and where one stands. Pure. */
import { ALWAYS, CHOICE_NAMES, choiceProblem, DEFAULT_TEXTS, type ChoiceTexts } from "./choices.ts";
import { moveText, parseMove, type Move } from "./moves.ts";

export interface Place {
  texts: ChoiceTexts;
  moves: Move[];
  /** Id of a stop; empty for the first. */
  at: string;
}

/** @returns what is valid, and a sentence without its full stop for each part that is not */
export function readPlace(query: string): Place & { problems: string[] } {
  const place: Place = { texts: {}, moves: [], at: "" };
  const problems: string[] = [];
  for (const [name, text] of new URLSearchParams(query)) {
    const choice = CHOICE_NAMES.find((candidate) => candidate === name);
    if (choice !== undefined) {
      const problem = choiceProblem(choice, text);
      if (problem !== undefined) problems.push(problem);
      else if (text !== DEFAULT_TEXTS[choice]) place.texts[choice] = text;
    } else if (name === "at") {
      place.at = text;
    } else if (name === "show") {
      // An image has an address of its own kind.
      if (text !== "step") problems.push(`Show must be step or image, not “${text}”`);
    } else {
      const move = parseMove(name, text);
      if (move !== undefined) place.moves.push(move);
      else
        problems.push(
          name === "set" || name === "steps"
            ? `“${name}=${text}” cannot be done`
            : `“${name}” is not an option`,
        );
    }
  }
  return { ...place, problems };
}

/** Without a `?`. Texts that are not valid are left out. */
export function writePlace({ texts, moves, at }: Place): string {
  const choices = CHOICE_NAMES.flatMap((name) => {
    const typed = texts[name];
    const isValid = typed !== undefined && choiceProblem(name, typed) === undefined;
    if (!isValid && !ALWAYS.includes(name)) return [];
    return [`${name}=${encodeURIComponent(isValid ? typed : DEFAULT_TEXTS[name]).replaceAll("%2C", ",")}`];
  });
  return [...choices, ...moves.map(moveText), ...(at === "" ? [] : [`at=${encodeURIComponent(at)}`])].join(
    "&",
  );
}
