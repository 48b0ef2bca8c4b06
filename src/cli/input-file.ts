/** Files named on the command line. */
import { readFile } from "node:fs/promises";
import { BacklitError, EXIT } from "../core/errors.ts";

/** @param what names its role in the message. @throws BacklitError `input/unreadable` */
export async function readInputFile(path: string, what: string): Promise<Uint8Array> {
  try {
    const buffer = await readFile(path);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  } catch (error) {
    throw new BacklitError(
      "input/unreadable",
      `the ${what} ${path} cannot be read: ${(error as Error).message}`,
      {
        hint: "Check the path.",
        exitCode: EXIT.badInput,
        cause: error,
      },
    );
  }
}
