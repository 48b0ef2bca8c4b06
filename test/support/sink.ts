/** A stream that keeps what is written to it, in place of standard output or standard error. */
import { Writable } from "node:stream";

export class Sink extends Writable {
  readonly isTTY: boolean;
  readonly fd: number | undefined;
  text = "";

  /** @param fd of a file that it stands for */
  constructor({ isTTY = false, fd }: { isTTY?: boolean; fd?: number } = {}) {
    super();
    this.isTTY = isTTY;
    this.fd = fd;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
