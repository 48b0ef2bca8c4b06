/** One file from one URL, in full or not at all: what can go wrong on the way becomes one readable reason. */
import { DownloadError } from "../core/errors.ts";
import { concatenate } from "./gzip.ts";

export interface FetchFileOptions {
  fetch: typeof globalThis.fetch;
  /** Size the file must have, where known. */
  bytes?: number;
  /** Gives up when no byte has come for this long, also before the first. */
  stallMs: number;
  signal?: AbortSignal;
  onBytes: (received: number, total: number | undefined) => void;
}

/** A file whose size nobody stated may be this long. */
const LARGEST_UNSTATED = 2 ** 30;

/**
 * @throws DownloadError `download/aborted` when the signal fires; an Error whose message is the reason otherwise
 */
export async function fetchFile(url: string, options: FetchFileOptions): Promise<Uint8Array> {
  // Taken out of the options, because a browser's `fetch` refuses to be called as a method of anything else.
  const { fetch, signal, stallMs } = options;
  throwIfAborted(signal);
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), stallMs);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(), stallMs);
  };
  try {
    const response = await fetch(url, {
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
      credentials: "omit",
      // Backlit keeps verified files itself; a browser's copy of a damaged one would come back on every retry.
      cache: "no-store",
    });
    alive();
    return await readBody(response, options, alive);
  } catch (error) {
    throwIfAborted(signal);
    if (stall.signal.aborted) throw new Error(`no byte came for ${stallMs / 1000} s`, { cause: error });
    throw new Error(reasonOf(error), { cause: error });
  } finally {
    clearTimeout(timer);
    // Ends the transfer that an error above left open; does nothing after a complete one.
    stall.abort();
  }
}

async function readBody(
  response: Response,
  { bytes, onBytes }: FetchFileOptions,
  alive: () => void,
): Promise<Uint8Array> {
  if (!response.ok) throw new Error(`HTTP status ${response.status} ${response.statusText}`.trimEnd());
  if (!response.body) throw new Error("the answer has no body");
  const stated = statedLength(response);
  const total = bytes ?? stated;
  if (bytes !== undefined && stated !== undefined && stated !== bytes) {
    throw new Error(`it offers ${stated} bytes, but the file has ${bytes}`);
  }
  const limit = total ?? LARGEST_UNSTATED;
  const chunks: Uint8Array[] = [];
  let received = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    alive();
    chunks.push(part.value);
    received += part.value.length;
    if (received > limit) throw new Error(`it sent more than the file's ${limit} bytes`);
    onBytes(received, total);
  }
  if (total !== undefined && received < total) {
    throw new Error(`it was cut off after ${received} of ${total} bytes`);
  }
  return concatenate(chunks);
}

/** Content-Length, unless it counts bytes that `fetch` unpacks on arrival. */
function statedLength(response: Response): number | undefined {
  const header = response.headers.get("content-length");
  if (header === null || (response.headers.get("content-encoding") ?? "identity") !== "identity")
    return undefined;
  const length = Number(header);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

/** `fetch` hides the cause ("fetch failed", "terminated") one or more levels down. */
function reasonOf(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code = (at as { code?: unknown }).code;
    const text = at.message || (typeof code === "string" ? code : at.name);
    if (!parts.includes(text)) parts.push(text);
  }
  return parts.join(": ") || String(error);
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new DownloadError("download/aborted", "the download was stopped", { cause: signal.reason });
}
