/**
 * A local HTTP server whose folders are mirrors, each with its own way of failing: `/good/`, `/corrupt/`, `/cut/`, …
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Behaviour = (response: ServerResponse, body: Uint8Array) => void;

function headed(response: ServerResponse, length: number): ServerResponse {
  return response.writeHead(200, { "content-type": "application/gzip", "content-length": length });
}

const half = (body: Uint8Array): Uint8Array => body.subarray(0, body.length >> 1);

const BEHAVIOURS: Record<string, Behaviour> = {
  good: (response, body) => headed(response, body.length).end(body),
  "good-unsized": (response, body) => response.writeHead(200).end(body),
  corrupt: (response, body) => {
    const bad = new Uint8Array(body);
    bad[bad.length >> 1] ^= 1;
    headed(response, bad.length).end(bad);
  },
  /** Promises the whole file, sends half, drops the connection. */
  cut: (response, body) => {
    headed(response, body.length).write(half(body), () => response.destroy());
  },
  /** Says nothing about the size and ends properly, too early. */
  short: (response, body) => response.writeHead(200).end(half(body)),
  long: (response, body) => {
    response.writeHead(200).write(body);
    response.end(body);
  },
  "wrong-length": (response, body) =>
    headed(response, body.length + 1).end(Buffer.concat([body, Buffer.from("!")])),
  missing: (response) => response.writeHead(404).end("no such file"),
  empty: (response) => headed(response, 0).end(),
  silent: () => {},
  stalled: (response, body) => {
    headed(response, body.length).write(half(body));
  },
  /** Takes more than two seconds in all, but never pauses for half a one. */
  slow: (response, body) => {
    headed(response, body.length);
    const step = Math.ceil(body.length / 8);
    let sent = 0;
    const timer = setInterval(() => {
      response.write(body.subarray(sent, sent + step));
      sent += step;
      if (sent < body.length) return;
      clearInterval(timer);
      response.end();
    }, 300);
  },
};

export interface MirrorServer {
  /** Folder URL of a mirror that behaves so. */
  url(behaviour: keyof typeof BEHAVIOURS): string;
  /** Paths asked for, in order. */
  requests: string[];
  close(): Promise<void>;
}

/** @param files contents by file name, the same on every mirror */
export async function startMirrors(files: Record<string, Uint8Array>): Promise<MirrorServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    const [, behaviour, name] = path.split("/");
    BEHAVIOURS[behaviour](response, files[name]);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: (behaviour) => `http://127.0.0.1:${port}/${behaviour}/`,
    requests,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** A folder URL on a port where nothing listens. */
export async function absentMirror(): Promise<string> {
  const server = await startMirrors({});
  const url = server.url("good");
  await server.close();
  return url;
}
