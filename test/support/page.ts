/** The built page in a real headless Chrome, with everything it asks for watched. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, type Browser, type Page } from "puppeteer";
import { chromeFlags, findChrome } from "../../scripts/chrome.js";

export const APP = fileURLToPath(new URL("../../dist/app", import.meta.url));

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

export interface Stage {
  url: string;
  browser: Browser;
  /** Whether WebGPU runs on a program instead of a GPU. */
  software: boolean;
  /** Hosts other than localhost that a page or worker wanted to reach; none of them was reached. */
  outside: Set<string>;
  /** Paths that were asked for on localhost, in order. */
  asked: string[];
  /** Takes the site away, as when there is no network. */
  unplug(): void;
  close(): Promise<void>;
}

/** Where Chrome itself calls home, whatever its flags; never a dataset's mirror. */
function isChromesOwn(host: string): boolean {
  return /\.(google|gvt1|gstatic|googleapis)\.com$/.test(host) && host !== "storage.googleapis.com";
}

/** Serves dist/app and starts a Chrome that cannot reach anything else. */
export async function openStage({ webgpu }: { webgpu: boolean }): Promise<Stage> {
  if (!existsSync(join(APP, "index.html"))) {
    throw new Error("There is no page to test: run `npm run build` first.");
  }
  const { chrome } = await findChrome();
  if (!chrome) throw new Error("There is no Chrome with WebGPU: run `npm run -s backlit -- doctor`.");
  const asked: string[] = [];
  const pages = await listen(servePage(asked));
  const outside = new Set<string>();
  const wall = await listen(refuse(outside));
  const flags = webgpu
    ? chromeFlags(chrome.kind)
    : chromeFlags(chrome.kind).filter((flag) => !/webgpu|vulkan/i.test(flag));
  const browser = await launch({
    executablePath: chrome.path,
    args: [...flags, `--proxy-server=http://127.0.0.1:${portOf(wall)}`],
  });
  return {
    url: `http://localhost:${portOf(pages)}/`,
    browser,
    software: chrome.kind === "software",
    outside,
    asked,
    unplug: () => shut(pages),
    async close() {
      await browser.close();
      shut(pages);
      shut(wall);
    },
  };
}

function shut(server: Server): void {
  server.closeAllConnections();
  server.close();
}

/** A page of its own with whatever it complained about. @param ready what is there once the view is shown */
export async function openPage(
  { browser, url }: Stage,
  hash = "",
  ready = "#stage",
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.setViewport({ width: 1440, height: 900 });
  await page.goto(url + hash);
  await page.waitForSelector(ready);
  return { page, complaints };
}

/** The text of an element, once it is there; spaces that no line may break at read like any other. */
export async function text(page: Page, selector: string): Promise<string> {
  const element = (await page.waitForSelector(selector))!;
  return element.evaluate(({ textContent }) => (textContent ?? "").trim().replaceAll("\u00a0", " "));
}

function servePage(asked: string[]): Server {
  return createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    asked.push(path);
    const file = join(APP, path === "/" ? "index.html" : path);
    readFile(file).then(
      (content) => {
        response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
        response.end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
}

/** A proxy that lets nothing through; Chrome does not ask it for localhost. */
function refuse(outside: Set<string>): Server {
  const note = (host: string): void => {
    if (!isChromesOwn(host)) outside.add(host);
  };
  const server = createServer((request, response) => {
    note(new URL(request.url ?? "", "http://unknown.invalid").hostname);
    response.writeHead(502).end();
  });
  server.on("connect", (request, socket) => {
    note((request.url ?? "").replace(/:\d+$/, ""));
    socket.end("HTTP/1.1 502 Refused\r\n\r\n");
  });
  return server;
}

async function listen(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
