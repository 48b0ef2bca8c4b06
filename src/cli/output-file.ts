/**
 * Files that flags name for a result. Whether they can be written is known before any work is done for them; a regular
 * file appears whole or not at all, a link keeps pointing where it points, and a pipe or device is written through.
 */
import { constants, fstatSync, type Stats } from "node:fs";
import { access, lstat, readlink, realpath, stat, writeFile } from "node:fs/promises";
import { devNull } from "node:os";
import { dirname, resolve } from "node:path";
import { BacklitError, EXIT } from "../core/errors.ts";
import { writeFileAtomically } from "./atomic-write.ts";
import { reasonOf } from "./file-errors.ts";
import type { Output } from "./output.ts";

/** As many links in a row as systems follow. */
const MOST_LINKS = 40;

/**
 * Before any work: a file that cannot be written would lose its result. Makes nothing. Where the file is standard output,
 * as in `--html /dev/stdout`, it gets that to itself.
 * @param flag without its dashes @param path undefined where the flag was not given
 * @throws BacklitError `out/unwritable`
 */
export async function checkOutputFile(output: Output, flag: string, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  if (path === "") throw unwritable(flag, path, "the name is empty");
  if (/[/\\]$/.test(path)) throw unwritable(flag, path, "it names a folder");
  try {
    const target = await targetOf(path);
    const found = await statIfThere(target);
    if (found?.isDirectory()) throw unwritable(flag, path, "it is a folder");
    if (found) await access(target, constants.W_OK);
    if (found && path !== devNull && isSame(found, output.out.fd)) {
      if (output.json) throw unwritable(flag, path, "with --json, standard output is for JSON lines");
      output.giveUpOut();
    } else if (!found || found.isFile()) await checkFolder(flag, path, dirname(resolve(target)));
  } catch (error) {
    throw error instanceof BacklitError ? error : unwritable(flag, path, reasonNotWritten(error), error);
  }
}

/** Makes the folder if need be. @throws BacklitError `out/unwritable` */
export async function writeOutputFile(
  flag: string,
  path: string,
  contents: Uint8Array | string,
): Promise<void> {
  try {
    const target = await targetOf(path);
    const found = await statIfThere(target);
    // A file that is standard output must not be renamed over: what follows would go to the old one.
    const own = found && [process.stdout, process.stderr].find(({ fd }) => isSame(found, fd));
    if (own) await new Promise<void>((done) => own.write(contents, () => done()));
    else if (found && !found.isFile()) await writeFile(target, contents);
    else await writeFileAtomically(target, contents);
  } catch (error) {
    throw unwritable(flag, path, reasonNotWritten(error), error);
  }
}

/** Folders that are missing have been made, so what is said to be missing is a file that its folder did not take. */
function reasonNotWritten(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "the folder takes no new files" : reasonOf(error);
}

/** The nearest folder that is there must take new entries. */
async function checkFolder(flag: string, path: string, folder: string): Promise<void> {
  const found = await statIfThere(folder);
  if (!found) return checkFolder(flag, path, dirname(folder));
  if (!found.isDirectory()) throw unwritable(flag, path, `${folder} is no folder`);
  await access(folder, constants.W_OK | constants.X_OK);
}

/** Where the links of a path lead, whether or not there is something; itself where it is none, or leads to no file. */
async function targetOf(path: string): Promise<string> {
  // Such as /dev/stdout, whose link is no path.
  const found = await statIfThere(path);
  if (found) return found.isFile() ? realpath(path).catch(() => path) : path;
  let target = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const link = await lstat(target).catch(() => undefined);
    if (!link?.isSymbolicLink()) return target;
    target = resolve(await realpath(dirname(target)), await readlink(target));
  }
  return target;
}

/** Undefined where there is nothing, also because a part of the path is a file. */
async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function isSame({ dev, ino }: { dev: number; ino: number }, fd: number | undefined): boolean {
  if (fd === undefined) return false;
  try {
    const other = fstatSync(fd);
    return other.dev === dev && other.ino === ino;
  } catch {
    // Closed.
    return false;
  }
}

function unwritable(flag: string, path: string, reason: string, cause?: unknown): BacklitError {
  return new BacklitError("out/unwritable", `--${flag} "${path}" cannot be written: ${reason}`, {
    hint: `Give a file you may write to with --${flag}.`,
    exitCode: EXIT.badInput,
    cause,
  });
}
