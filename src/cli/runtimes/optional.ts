/** Packages that are only needed by some commands, loaded when they are. */
import { createRequire } from "node:module";
import { AdapterError } from "../../core/errors.ts";

/** What each package is for, and the way around it. */
const OTHERS: Record<string, { runtime: string; needs: string }> = {
  puppeteer: { runtime: "node", needs: "webgpu" },
  webgpu: { runtime: "chrome", needs: "puppeteer" },
};

/** Whether a package can be found; it is not loaded. */
export function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch (error) {
    // A package for `import` alone is found, but not given to `require`.
    return (error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND";
  }
}

/** @throws AdapterError `runtime/missing` that says how to install it, or how to do without */
export function requireInstalled(name: string, installed: (name: string) => boolean = isInstalled): void {
  if (!installed(name)) throw missing(name, installed);
}

/** @throws AdapterError `runtime/missing` as above, `runtime/broken` when the package fails to load */
export async function importOptional<T>(name: string, load: () => Promise<unknown>): Promise<T> {
  try {
    return (await load()) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") {
      throw missing(name, isInstalled, error);
    }
    throw new AdapterError(
      "runtime/broken",
      `the package ${name} cannot be loaded: ${(error as Error).message}`,
      { hint: `Run: npm install ${name}`, cause: error },
    );
  }
}

function missing(name: string, installed: (name: string) => boolean, cause?: unknown): AdapterError {
  const other = OTHERS[name];
  const without = other
    ? `, or use --runtime ${other.runtime}${installed(other.needs) ? "" : ` (with the package ${other.needs})`}`
    : "";
  return new AdapterError("runtime/missing", `this needs the package ${name}, which is not installed`, {
    hint: `Run: npm install ${name}${without}`,
    cause,
  });
}
