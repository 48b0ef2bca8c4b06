/**
 * A headless Chrome on a page with all cases. The bundle is built in memory and served on localhost, because WebGPU
 * needs a secure context.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "puppeteer";
import { build } from "vite";
import { chromeFlags } from "../../scripts/chrome.js";
import { chooseChrome } from "../../src/cli/runtimes/launch.ts";
import type { Place } from "../browser/page/page.ts";
import type { CaseReport } from "./gpu-lab.ts";
import type { Answer, Question } from "./gpu-runner.ts";

export interface CaseBrowser {
  /** The adapter by name. */
  adapter: string;
  run: (name: string) => Promise<CaseReport>;
  close: () => Promise<void>;
}

const MIME: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

/** Every file of the bundle by its path. */
async function bundle(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const root = fileURLToPath(new URL("../browser/page", import.meta.url));
  const result = await build({
    root,
    configFile: false,
    logLevel: "warn",
    worker: { format: "es" },
    build: { write: false, target: "es2022", minify: false },
  });
  if (!("output" in result)) throw new Error("the bundle has no single output");
  return new Map(
    result.output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]),
  );
}

/**
 * Having no Chrome, or one without an adapter, is an error: these tests are never skipped.
 * @throws AdapterError
 */
export async function openCaseBrowser(place: Place): Promise<CaseBrowser> {
  const files = await bundle();
  const server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : (request.url ?? "");
    const content = files.get(path);
    if (content === undefined) return response.writeHead(404).end();
    return response
      .writeHead(200, { "content-type": MIME[extname(path)] ?? "application/octet-stream" })
      .end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const chrome = await chooseChrome(undefined, () => {});
  const browser = await launch({
    executablePath: chrome.path,
    args: chromeFlags(chrome.kind),
    pipe: true,
    protocolTimeout: 0,
  });
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => globalThis.askCases !== undefined);
  const ask = (question: Question): Promise<Answer> =>
    page.evaluate((where, what) => globalThis.askCases!(where, what), place, question);
  return {
    adapter: (await ask({ adapter: true })) as string,
    run: async (name) => (await ask({ case: name })) as CaseReport,
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
