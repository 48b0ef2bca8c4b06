/** Commands that a person may copy into a shell. */
import { existsSync } from "node:fs";
import { commandLine, type Calling } from "../core/command-line.ts";

/** A checkout has the scripts that set it up; the package does without. */
export const CALLING: Calling = existsSync(new URL("../../scripts/setup.js", import.meta.url))
  ? "checkout"
  : "installed";

/** The verb as it can be called from here, its arguments quoted where a shell would take them apart. */
export function shellCommand(verb: string, args: readonly string[], calling = CALLING): string {
  return commandLine(
    verb,
    args.map((word) => shellWord(word)),
    calling,
  );
}

/** In single quotes, within which a shell of POSIX sees nothing but the text; in double ones on Windows. */
export function shellWord(text: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (platform === "win32") return /^[\w@%+=:,./\\-]+$/.test(text) ? text : `"${text}"`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
