/** IndexedDB as the page has it, by `idb-keyval`: over maps. */
import type { UseStore } from "idb-keyval";

/** @param stored by database and key: what the tabs of a browser share */
export function fakeStores(stored: Map<string, Map<unknown, unknown>>) {
  const names = new Map<unknown, string>();
  const within = (store: unknown): Map<unknown, unknown> => {
    const name = names.get(store)!;
    stored.set(name, stored.get(name) ?? new Map<unknown, unknown>());
    return stored.get(name)!;
  };
  return {
    createStore: (name: string): UseStore => {
      const store = () => Promise.reject(new Error("not used"));
      names.set(store, name);
      return store;
    },
    keys: (store: unknown) => Promise.resolve([...within(store).keys()]),
    values: (store: unknown) => Promise.resolve([...within(store).values()]),
    get: (key: string, store: unknown) => Promise.resolve(within(store).get(key)),
    del: (key: string, store: unknown) => Promise.resolve(within(store).delete(key)),
    set: (key: string, value: unknown, store: unknown) =>
      Promise.resolve(within(store).set(key, structuredClone(value))),
  };
}
