/** Packages that are only needed by some commands, loaded when they are. */
import { AdapterError } from "../../core/errors.ts";

/** @throws AdapterError `runtime/missing` that says how to install it */
export async function importOptional<T>(name: string, load: () => Promise<unknown>): Promise<T> {
  try {
    return (await load()) as T;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
    throw new AdapterError(
      missing ? "runtime/missing" : "runtime/broken",
      missing
        ? `this needs the package ${name}, which is not installed`
        : `the package ${name} cannot be loaded: ${(error as Error).message}`,
      { hint: `Run: npm install ${name}`, cause: error },
    );
  }
}
