/** Work that pauses now and then, for those who need no pauses. */

/** Carries it out at once. @throws what the work throws */
export function toEnd<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
