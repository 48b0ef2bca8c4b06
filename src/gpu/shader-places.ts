/** Where the lines of a composed shader are from: a compiler names lines of a text that nobody has as a file. */
import { composeShader, type DispatchSource } from "./compose.ts";
import { SHADER_SOURCES } from "./shader-sources.ts";

/** A line of a shader file. */
export interface ShaderPlace {
  /** `shaders/optimizer-adam.wgsl` */
  file: string;
  /** From 1. */
  line: number;
}

/** Digits only, so that it is no name to any of the steps of composing. */
const TAG = / \/\/@(\d+):(\d+)$/;

/**
 * For each line of a composed shader the line that it is a copy of; undefined for lines that composing adds, and all of
 * them where the lines cannot be followed.
 */
export function shaderPlaces(dispatch: DispatchSource): (ShaderPlace | undefined)[] {
  const names = Object.keys(dispatch.shaders ?? SHADER_SOURCES);
  const shaders = Object.fromEntries(
    Object.entries(dispatch.shaders ?? SHADER_SOURCES).map(([name, text], file) => [
      name,
      tagged(text, file),
    ]),
  );
  const lines = composeShader({ ...dispatch, shaders })
    .split("\n")
    // Expanding a loop leaves what stood behind its end on a line of its own.
    .filter((line) => line.trim() === "" || line.replace(TAG, "").trim() !== "");
  const places = lines.map((line) => {
    const [, file, number] = TAG.exec(line) ?? [];
    return file === undefined
      ? undefined
      : { file: `shaders/${names[Number(file)]}.wgsl`, line: Number(number) };
  });
  const same = lines.map((line) => line.replace(TAG, "")).join("\n") === composeShader(dispatch);
  return same ? places : places.map(() => undefined);
}

/** Directives and marks stand alone on their line. */
function tagged(text: string, file: number): string {
  const lines = text.split("\n");
  return lines
    .map((line, i) => (/^\s*(\/\/!|$)/.test(line) ? line : `${line} //@${file}:${i + 1}`))
    .join("\n");
}
