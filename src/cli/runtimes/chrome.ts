/** Runs jobs in a headless Chrome: Puppeteer opens the built page, which fetches the job and posts its events back. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer";
import { chromeFlags } from "../../../scripts/chrome.js";
import { AdapterError, BacklitError } from "../../core/errors.ts";
import type { Job, JobEvent } from "../../worker/job.ts";
import { eventToError } from "../../worker/job-error.ts";
import { chooseChrome, launchChrome, type ObtainChrome } from "./launch.ts";
import { createProfile } from "./profile.ts";
import type { Runtime, RuntimeOptions } from "./runtime.ts";
import { JobServer } from "./server.ts";

/** The built headless page, beside the built command. */
const PAGE_FOLDER = fileURLToPath(new URL("../headless", import.meta.url));

export interface ChromeRuntimeOptions extends RuntimeOptions {
  obtainChrome: ObtainChrome | undefined;
}

export function chromeRuntime(options: ChromeRuntimeOptions): Runtime {
  return { name: "chrome", run: (job, signal) => runInChrome(job, signal, options) };
}

async function* runInChrome(
  job: Job,
  signal: AbortSignal,
  { adapter, say, sayAdapter, obtainChrome }: ChromeRuntimeOptions,
): AsyncGenerator<JobEvent, void, undefined> {
  if (!existsSync(PAGE_FOLDER)) {
    throw new BacklitError("build/missing", `there is no built page at ${PAGE_FOLDER}`, {
      hint: "Run: npm run build",
    });
  }
  const chrome = await chooseChrome(obtainChrome, say, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  // Interrupted before there was a browser.
  if (!chrome) return;
  if (adapter === "hardware" && chrome.kind === "software") {
    throw new AdapterError(
      "adapter/hardware",
      `${chrome.path} gives no hardware adapter here: ${chrome.hardwareProblem}`,
      { hint: "Check the GPU's driver with `backlit doctor`, or use --adapter auto or software." },
    );
  }
  const kind = adapter === "auto" ? chrome.kind : adapter;
  if (adapter === "auto" && kind === "software" && job.engine === "gpu") {
    sayAdapter?.(
      `No hardware adapter in ${chrome.path} (${chrome.hardwareProblem}); using its software adapter.`,
    );
  }
  const profile = await createProfile();
  let browser: Browser | undefined;
  let server: JobServer | undefined;
  const stop = (): void => server?.stop();
  try {
    browser = await launchChrome(chrome.path, kind, profile.path);
    server = await JobServer.start(PAGE_FOLDER, withBrowser(job, chrome.path, kind));
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    await open(browser, server);
    for await (const event of server.events) {
      if (event.type === "error") throw eventToError(event);
      yield event;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    server?.close();
    if (browser) await closeBrowser(browser);
    await profile.remove();
  }
}

/** A benchmark's result names the browser and its switches. */
function withBrowser(job: Job, browser: string, kind: "hardware" | "software"): Job {
  if (job.kind !== "bench") return job;
  return { ...job, environment: { ...job.environment, browser, flags: chromeFlags(kind) } };
}

/** Opens the page; whatever ends it without a word ends the job's events with an error. */
async function open(browser: Browser, { url, events }: JobServer): Promise<void> {
  const fail = (code: string, message: string): void =>
    events.fail(
      new BacklitError(code, message, {
        hint: "Continue from the last checkpoint with --resume; `backlit doctor` checks the browser.",
      }),
    );
  browser.on("disconnected", () => fail("browser/gone", "the browser ended in the middle of the job"));
  const page: Page = await browser.newPage();
  page.on("error", () => fail("browser/crashed", "the headless page crashed in the middle of the job"));
  page.on("pageerror", (error) => fail("browser/page", `the headless page failed: ${String(error)}`));
  await page.goto(url);
}

/** How long a browser may take to close politely, in milliseconds. */
const CLOSE_PATIENCE = 5000;

async function closeBrowser(browser: Browser): Promise<void> {
  const process = browser.process();
  const timer = setTimeout(() => process?.kill("SIGKILL"), CLOSE_PATIENCE);
  try {
    await browser.close();
  } catch {
    // It is gone already, which is what closing is for.
    process?.kill("SIGKILL");
  } finally {
    clearTimeout(timer);
  }
}
