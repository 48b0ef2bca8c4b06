/** A headless Chrome with WebGPU that does not outlive the command. */
import type { Browser } from "puppeteer";
import { chromeFlags, findChrome, type Chrome } from "../../../scripts/chrome.js";
import { AdapterError } from "../../core/errors.ts";
import { importOptional } from "./optional.ts";

/** Finds, or in a checkout obtains, a Chrome; set by the executable. */
export type ObtainChrome = (signal?: AbortSignal) => Promise<Chrome>;

/**
 * The Chrome to use.
 * @param obtain does more than look, where the command may (see scripts/setup.js)
 * @throws AdapterError `browser/none`; the signal's reason
 */
export async function chooseChrome(
  obtain: ObtainChrome | undefined,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<Chrome> {
  const hint =
    "Run `npx puppeteer browsers install chrome`, or set PUPPETEER_EXECUTABLE_PATH, " +
    "or use --runtime node or --engine cpu.";
  if (obtain) {
    try {
      return await obtain(signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw new AdapterError("browser/none", (error as Error).message, { hint, cause: error });
    }
  }
  const { chrome, rejected } = await findChrome({ log: say, signal });
  if (chrome) return chrome;
  const tried = rejected.map(({ path, problem }) => `; ${path}: ${problem}`).join("");
  const named = process.env["PUPPETEER_EXECUTABLE_PATH"];
  const where = named ? `PUPPETEER_EXECUTABLE_PATH=${named} is no` : "there is no";
  throw new AdapterError("browser/none", `${where} Chrome that gives a WebGPU adapter${tried}`, { hint });
}

interface PuppeteerModule {
  launch: (options: Record<string, unknown>) => Promise<Browser>;
}

/**
 * @param profile the folder for its user data
 * @throws AdapterError `browser/launch`, or `runtime/missing` without Puppeteer
 */
export async function launchChrome(
  path: string,
  kind: "hardware" | "software",
  profile: string,
): Promise<Browser> {
  const { launch } = await importOptional<PuppeteerModule>("puppeteer", () => import("puppeteer"));
  try {
    return await launch({
      executablePath: path,
      args: chromeFlags(kind),
      userDataDir: profile,
      // A Chrome that speaks over a pipe ends with it, however this process ends.
      pipe: true,
      // Ctrl-C saves first; the browser is closed after that.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      protocolTimeout: 0,
    });
  } catch (error) {
    throw new AdapterError("browser/launch", `${path} cannot be started: ${(error as Error).message}`, {
      hint: "Run `backlit doctor` to see which browsers were tried.",
      cause: error,
    });
  }
}
