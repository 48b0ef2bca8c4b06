/** A queue of one producer and one consumer as an async iterable; the producer can wait until its item was taken. */

interface Item<T> {
  value: T;
  taken: () => void;
}

export class Channel<T> implements AsyncIterable<T> {
  #items: Item<T>[] = [];
  #wake: () => void = () => {};
  #ended = false;
  #failure: { error: unknown } | undefined;

  /** Resolves when the consumer has taken the value, or never will. */
  push(value: T): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#items.push({ value, taken: resolve });
      this.#wake();
    });
  }

  /** What was pushed is still delivered. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Ends with an error, after what was pushed; a channel that has ended stays as it is. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure = { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        const item = this.#items.shift();
        if (item) {
          item.taken();
          yield item.value;
        } else if (this.#ended) {
          if (this.#failure) throw this.#failure.error;
          return;
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        }
      }
    } finally {
      this.#ended = true;
      for (const item of this.#items) item.taken();
      this.#items = [];
    }
  }
}
