/** The folder of a run: its files appear whole or not at all, its events are appended as they happen. */
import { existsSync } from "node:fs";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BacklitError, EXIT } from "../core/errors.ts";
import { writeFileAtomically } from "./atomic-write.ts";
import { reasonOf } from "./file-errors.ts";

/** What makes a folder a run's. */
const KEPT_FILES = ["checkpoint.safetensors", "model.safetensors", "config.json"];

export class RunDirectory {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * A run that is there would be lost bit by bit as another one writes over it.
   * @throws BacklitError `out/exists` when the folder holds the files of a run
   */
  static refuseExisting(path: string | undefined): void {
    const kept = path === undefined ? undefined : KEPT_FILES.find((name) => existsSync(join(path, name)));
    if (kept === undefined) return;
    throw new BacklitError("out/exists", `${path} holds a run already (${kept})`, {
      hint: `Give another --out, or go on with that run: --resume ${path}`,
      exitCode: EXIT.badInput,
    });
  }

  /**
   * Makes the folder, so that a run that cannot be kept fails before it has cost anything.
   * @param path where the person wants it; `runs/TIME` in the working directory when left out
   * @param goesOn whether an event log that is there is continued
   * @throws BacklitError `out/unwritable`
   */
  static async open(path: string | undefined, goesOn: boolean): Promise<RunDirectory> {
    const directory = new RunDirectory(resolve(path ?? freshPath(new Date())));
    await directory.#attempt(async () => {
      await mkdir(directory.path, { recursive: true });
      await writeFile(directory.file("events.jsonl"), "", { flag: goesOn ? "a" : "w" });
    });
    return directory;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Under a temporary name, flushed, renamed. @throws BacklitError `out/unwritable` */
  async write(name: string, contents: Uint8Array | string): Promise<void> {
    await this.#attempt(() => writeFileAtomically(this.file(name), contents));
  }

  async writeJson(name: string, value: unknown): Promise<void> {
    await this.write(name, `${JSON.stringify(value, undefined, 2)}\n`);
  }

  async appendEvent(event: object): Promise<void> {
    await this.#attempt(() => appendFile(this.file("events.jsonl"), `${JSON.stringify(event)}\n`));
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new BacklitError(
        "out/unwritable",
        `the run directory ${this.path} cannot be written: ${reasonOf(error)}`,
        { hint: "Give a folder you may write to with --out.", exitCode: EXIT.badInput, cause: error },
      );
    }
  }
}

/** `runs/2026-05-04T10-20-30`, with a number behind it when two runs start within a second. */
function freshPath(now: Date): string {
  const base = join("runs", now.toISOString().slice(0, 19).replaceAll(":", "-"));
  let path = base;
  for (let i = 2; existsSync(path); i++) path = `${base}-${i}`;
  return path;
}
