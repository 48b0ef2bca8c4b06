/** Files named on the command line, and the files of a run where its directory is named. */
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { BacklitError, EXIT } from "../core/errors.ts";
import { reasonOf } from "./file-errors.ts";

/** @param what names its role in the message. @throws BacklitError `input/unreadable` */
export async function readInputFile(path: string, what: string): Promise<Uint8Array> {
  try {
    const buffer = await readFile(path);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  } catch (error) {
    throw new BacklitError("input/unreadable", `the ${what} ${path} cannot be read: ${reasonOf(error)}`, {
      hint: "Check the path.",
      exitCode: EXIT.badInput,
      cause: error,
    });
  }
}

/** Files that stand for the run directory they lie in. */
const RUN_FILES = { model: "model.safetensors", checkpoint: "checkpoint.safetensors" } as const;

/**
 * The file that a path means: itself, or the run's model or checkpoint where it is a directory.
 * @throws BacklitError `input/no-run` for a directory without it
 */
export async function runFile(path: string, kind: keyof typeof RUN_FILES): Promise<string> {
  if (!(await isFolder(path))) return path;
  const file = join(path, RUN_FILES[kind]);
  if (existsSync(file)) return file;
  throw new BacklitError("input/no-run", `the folder ${path} holds no ${RUN_FILES[kind]}`, {
    hint: "Give the directory of a run, which `train` names at its end, or the file itself.",
    exitCode: EXIT.badInput,
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Reading it gives the better message.
    return false;
  }
}

/** Errors about what is in a file; those of the reader do not know its name. */
const ABOUT_CONTENTS = /^(file|safetensors|model|checkpoint|trace)\//;

/** Does work on a file's contents; what is wrong with them is said with the file's name. */
export async function withFileName<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BacklitError) || !ABOUT_CONTENTS.test(error.code)) throw error;
    const { code, message, hint, exitCode } = error;
    throw new BacklitError(code, `${path}: ${message}`, { hint, exitCode, cause: error });
  }
}
