/** Every fault that the operators find in the shaders, one at a time. */
import type { ShaderSources } from "../../src/gpu/shader-sources.ts";
import { CALLS } from "./operators/calls.ts";
import { CONTROL } from "./operators/control.ts";
import type { Operator } from "./operators/edit.ts";
import { INDICES } from "./operators/indices.ts";
import { VALUES } from "./operators/values.ts";
import { Wgsl } from "./tokens.ts";

export const OPERATORS: readonly Operator[] = [...CONTROL, ...INDICES, ...VALUES, ...CALLS];

/** A shader file with one fault. */
export interface Mutant {
  /** `FILE/OPERATOR/NUMBER`, the number counted from 1. */
  id: string;
  /** Shader file without its extension. */
  file: string;
  operator: string;
  /** Number of the first line that differs, from 1. */
  line: number;
  /** That line and what became of it, without the blanks around. */
  before: string;
  after: string;
  /** The whole file. */
  text: string;
}

/** Every mutant of one file. Where two operators give the same text, the first has it. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const wgsl = new Wgsl(source);
  const seen = new Set([source]);
  return OPERATORS.flatMap(({ name, edits }) => {
    let number = 0;
    return edits(wgsl).flatMap(({ from, to, text: replacement }): Mutant[] => {
      const text = source.slice(0, from) + replacement + source.slice(to);
      if (seen.has(text)) return [];
      seen.add(text);
      number++;
      const start = source.lastIndexOf("\n", from - 1) + 1;
      const wholeLines = (whole: string, end: number): string =>
        whole
          .slice(start, (whole.indexOf("\n", end) + 1 || whole.length + 1) - 1)
          .trim()
          .replaceAll(/\s+/g, " ");
      return [
        {
          id: `${file}/${name}/${number}`,
          file,
          operator: name,
          line: source.slice(0, from).split("\n").length,
          before: wholeLines(source, to),
          after: wholeLines(text, from + replacement.length),
          text,
        },
      ];
    });
  });
}

export const allMutants = (shaders: ShaderSources): Mutant[] =>
  Object.entries(shaders).flatMap(([file, source]) => mutantsOf(file, source));
