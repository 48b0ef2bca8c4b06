/** The browser's channels between its tabs, without anything that keeps a program from ending. */

let open: FakeChannel[] = [];

/** In the place of `BroadcastChannel`: what is posted reaches every other channel of its name. */
export class FakeChannel extends EventTarget {
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
    open.push(this);
  }

  postMessage(): void {
    for (const other of open) {
      if (other !== this && other.#name === this.#name) other.dispatchEvent(new Event("message"));
    }
  }
}

export function closeChannels(): void {
  open = [];
}
