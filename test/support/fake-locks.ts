/** The locks that the tabs of a browser share. */

type Work = (lock: Lock | null) => Promise<unknown>;

/** The Web Locks API, as far as it is in use: whoever asks waits until those before have let go. */
export class FakeLocks {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #closed: (() => void)[] = [];

  /** How many hold or wait for each. */
  readonly #claims = new Map<string, number>();

  request(name: string, ...[given, then]: [Work] | [LockOptions, Work]): Promise<unknown> {
    const [options, work] = typeof given === "function" ? [{}, given] : [given, then!];
    const claims = this.#claims.get(name) ?? 0;
    if (options.ifAvailable && claims > 0) return work(null);
    this.#claims.set(name, claims + 1);
    const done = (this.#last.get(name) ?? Promise.resolve())
      .then(() => {
        const closed = new Promise<void>((resolve) => this.#closed.push(resolve));
        return Promise.race([work({ name, mode: "exclusive" }), closed]);
      })
      .finally(() => this.#claims.set(name, this.#claims.get(name)! - 1));
    this.#last.set(name, done);
    return done;
  }

  /** As when every tab that holds one is closed. */
  closeTabs(): void {
    this.#closed.splice(0).forEach((close) => close());
  }
}
