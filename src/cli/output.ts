/**
 * What the command says and where: results on standard output (JSON lines only with --json), everything a person should
 * merely know on standard error.
 */
import type { Writable } from "node:stream";
import { withCommands } from "../core/command-line.ts";
import type { BacklitError } from "../core/errors.ts";
import { CALLING } from "./shell-command.ts";

/** A stream that may be a terminal. */
export type Terminal = Writable & { isTTY?: boolean; columns?: number; fd?: number };

export class Output {
  readonly json: boolean;
  readonly out: Terminal;
  readonly err: Terminal;
  readonly #terminal: boolean;
  readonly #colour: boolean;
  /** Whether standard output is taken by a file that a flag names. */
  #outGiven = false;
  /** Aborted when nobody reads standard output any more, as behind `| head`. */
  readonly #unread = new AbortController();
  #failure: Error | undefined;
  #concluded = false;

  constructor(options: { json: boolean; out?: Terminal; err?: Terminal; env?: NodeJS.ProcessEnv }) {
    const { json, out = process.stdout, err = process.stderr, env = process.env } = options;
    this.json = json;
    this.out = out;
    this.err = err;
    this.#terminal = !json && out.isTTY === true && env["TERM"] !== "dumb";
    // https://no-color.org: present and not empty, whatever its value.
    this.#colour = this.#terminal && !env["NO_COLOR"];
    out.on("error", (error) => {
      if (!isClosedPipe(error)) this.#failure ??= error;
      this.#unread.abort();
    });
    err.on("error", (error) => {
      if (!isClosedPipe(error)) throw error;
    });
  }

  /** Aborted when nobody reads standard output any more: work that goes on for it alone may end. */
  get unread(): AbortSignal {
    return this.#unread.signal;
  }

  /** Why standard output takes nothing more, as on a full disk; undefined where it does, or nobody reads it. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether a live line may be drawn on standard output. */
  get live(): boolean {
    return this.#terminal && !this.#outGiven;
  }

  /** Leaves standard output to a file that a flag names: what is printed goes to standard error from now on. */
  giveUpOut(): void {
    this.#outGiven = true;
  }

  /** Whether the last line was given that a program waits for: a result or an error. */
  get concluded(): boolean {
    return this.#concluded;
  }

  /** A line for people, on standard error. */
  say(line: string): void {
    this.err.write(`${line}\n`);
  }

  /** Text for people, on standard output where it is free; nothing with --json. */
  print(text: string): void {
    if (!this.json) (this.#outGiven ? this.err : this.out).write(`${text}\n`);
  }

  /** One JSON object as a line of standard output; nothing without --json. */
  emit(object: Record<string, unknown>): void {
    if (!this.json) return;
    this.#concluded ||= object["type"] === "result" || object["type"] === "error";
    this.out.write(`${JSON.stringify(object)}\n`);
  }

  /** The error as the last line with --json, as text for people otherwise. */
  error(error: BacklitError): void {
    const { code, message, exitCode } = error;
    const hint = withCommands(error.hint, CALLING);
    if (this.json) {
      this.emit({ type: "error", code, message, hint, exitCode });
      return;
    }
    this.say(`error: ${message}`);
    if (hint) this.say(hint);
    const cause: unknown = error.cause;
    if (code === "unexpected" && cause instanceof Error && cause.stack) this.say(cause.stack);
  }

  bold(text: string): string {
    return this.#colour ? `\u001b[1m${text}\u001b[22m` : text;
  }

  dim(text: string): string {
    return this.#colour ? `\u001b[2m${text}\u001b[22m` : text;
  }

  /** Everything written is with the system, so that the process may end. */
  async flush(): Promise<void> {
    for (const stream of [this.out, this.err]) {
      await new Promise<void>((resolve) => stream.write("", () => resolve()));
    }
  }
}

/** Whether the reader of a pipe has gone; a full disk, for example, is something else. */
function isClosedPipe({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || code === "EOF" || code === "ERR_STREAM_DESTROYED";
}
