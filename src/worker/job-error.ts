/** Errors as events: what crosses from the page to the command keeps its code, hint and exit code. */
import { BacklitError, DeviceLostError, DivergedError, type Fault } from "../core/errors.ts";

export interface ErrorEvent {
  type: "error";
  name: string;
  code: string;
  message: string;
  hint: string;
  exitCode: number;
  /** Of an unexpected error: where it was thrown. */
  stack?: string;
  fault?: Fault;
  restoredStep?: number;
  reason?: string;
}

export function errorToEvent(error: BacklitError): ErrorEvent {
  const { name, code, message, hint, exitCode } = error;
  const event: ErrorEvent = { type: "error", name, code, message, hint, exitCode };
  const cause: unknown = error.cause;
  if (code === "unexpected" && cause instanceof Error && cause.stack) event.stack = cause.stack;
  if (error instanceof DivergedError) {
    event.fault = error.fault;
    event.restoredStep = error.restoredStep;
  }
  if (error instanceof DeviceLostError) event.reason = error.reason;
  return event;
}

export function eventToError(event: ErrorEvent): BacklitError {
  if (event.fault) return new DivergedError(event.fault, event.restoredStep ?? 0);
  const { code, message, hint, exitCode } = event;
  const cause =
    event.stack === undefined ? undefined : Object.assign(new Error(message), { stack: event.stack });
  return new BacklitError(code, message, { hint, exitCode, cause });
}
