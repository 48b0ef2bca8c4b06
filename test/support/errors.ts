/** What tests ask of errors: the class and the code, not only that something was thrown. */
import { expect } from "vitest";

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** Calls `action`, which must throw a `kind`; gives the error. */
export function thrownBy<E extends Error>(kind: ErrorClass<E>, action: () => unknown): E {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(kind);
  return thrown as E;
}
