/** Which image is followed, and the gradient of what, as the address has them: `image=samples:3&of=7`. Pure. */
import type { Objective } from "../../../lens/image-trace.ts";
import { SOURCES, type Source } from "./pictures.ts";

export interface ImagePlace {
  source: Source;
  /** On its shelf, from 0. */
  index: number;
  objective: Objective;
}

export const FIRST_PLACE: ImagePlace = { source: "samples", index: 0, objective: "loss" };

/** @returns what is valid, and a sentence without its full stop for each part that is not */
export function readImagePlace(parameters: URLSearchParams): ImagePlace & { problems: string[] } {
  const place: ImagePlace = { ...FIRST_PLACE };
  const problems: string[] = [];
  for (const [name, text] of parameters) {
    const [, source, index] = /^(\w+):(\d{1,6})$/.exec(text) ?? [];
    if (name === "show") continue;
    if (name === "image" && SOURCES.some((known) => known === source)) {
      place.source = source as Source;
      place.index = Number(index) - 1;
      if (place.index < 0) place.index = 0;
    } else if (name === "of" && (text === "loss" || /^\d{1,3}$/.test(text))) {
      place.objective = text === "loss" ? text : Number(text);
    } else {
      problems.push(
        name === "image" || name === "of" ? `“${name}=${text}” is not there` : `“${name}” is not an option`,
      );
    }
  }
  return { ...place, problems };
}

/** Without a `?`; images count from 1. */
export function writeImagePlace({ source, index, objective }: ImagePlace): string {
  return `show=image&image=${source}:${index + 1}&of=${objective}`;
}
