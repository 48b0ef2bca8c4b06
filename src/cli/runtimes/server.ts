/**
 * The local server between the command and its headless page: serves the built page and the job, receives events in
 * order. It listens on 127.0.0.1 only, on a random port, and everything but the page's own files needs a random token.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { BacklitError } from "../../core/errors.ts";
import type { Job, JobEvent } from "../../worker/job.ts";
import { decodePacket, encodePacket } from "../../worker/packet.ts";
import { Channel } from "./channel.ts";

const MIME: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wgsl": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

/** Isolates the page from other origins, which is what shared memory, and with it wasm threads, is given for. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export class JobServer {
  /** What the page says, in order; ends when the job does. */
  readonly events = new Channel<JobEvent>();
  readonly #token = randomBytes(24).toString("hex");
  readonly #folder: string;
  readonly #job: Job;
  readonly #server: Server;
  #stopRequest: ServerResponse | undefined;
  #stopped = false;

  private constructor(folder: string, job: Job) {
    this.#folder = folder;
    this.#job = job;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end();
        this.events.fail(error);
      });
    });
  }

  /** @param folder the built headless page */
  static async start(folder: string, job: Job): Promise<JobServer> {
    const server = new JobServer(folder, job);
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", reject);
      server.#server.listen(0, "127.0.0.1", resolve);
    });
    return server;
  }

  /** `localhost`, because WebGPU needs a secure context. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://localhost:${port}/src/worker/headless.html?token=${this.#token}`;
  }

  /** Asks the job to save and end. */
  stop(): void {
    this.#stopped = true;
    this.#stopRequest?.end();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const own = `/${this.#token}/`;
    if (!path.startsWith(own)) return this.#file(path, response);
    const verb = `${request.method} ${path.slice(own.length)}`;
    switch (verb) {
      case "GET job":
        response.end(encodePacket(this.#job));
        return;
      case "GET stop":
        this.#stopRequest = response;
        if (this.#stopped) response.end();
        return;
      case "POST event": {
        const event = decodePacket(await body(request)) as JobEvent;
        // Answered once the command has taken it, so that the page never runs far ahead.
        await this.events.push(event);
        response.end();
        return;
      }
      case "POST end":
        response.end();
        this.events.end();
        return;
      case "POST broken": {
        const message = new TextDecoder().decode(await body(request));
        response.end();
        this.events.fail(new BacklitError("browser/page", `the headless page failed: ${message}`));
        return;
      }
      default:
        response.writeHead(404).end();
    }
  }

  async #file(path: string, response: ServerResponse): Promise<void> {
    const file = join(this.#folder, normalize(path));
    try {
      const content = await readFile(file);
      response.writeHead(200, {
        "content-type": MIME[extname(file)] ?? "application/octet-stream",
        ...ISOLATION,
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  }
}

async function body(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
