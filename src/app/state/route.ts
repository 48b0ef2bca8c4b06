/**
 * Which view the address names, and what it says about it. `#/inside?layers=4,3,3` is a view with its own parameters; a hash
 * without a slash holds the options of a training run, as links have always been written.
 */
import { batch, computed, signal } from "@preact/signals";

export const VIEW_NAMES = ["train", "inside", "draw", "model", "doctor"] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

export interface Route {
  view: ViewName;
  /** What stands behind the view's `?`; for the training view the whole hash. */
  query: string;
}

/** An address that names no view leads to the training view. @param hash with or without its `#` */
export function readRoute(hash: string): Route {
  const text = hash.replace(/^#/, "");
  if (!text.startsWith("/")) return { view: "train", query: text };
  const [name, ...rest] = text.slice(1).split("?");
  const view = VIEW_NAMES.find((candidate) => candidate === name) ?? "train";
  return { view, query: rest.join("?") };
}

/** The hash that leads there, with its `#`. */
export function routeHash({ view, query }: Route): string {
  if (view === "train") return `#${query}`;
  return query === "" ? `#/${view}` : `#/${view}?${query}`;
}

export const view = signal<ViewName>("train");

const queries = signal<Partial<Record<ViewName, string>>>({});

/** A view's parameters as the address has them, or had them when it was last left. */
export function queryOf(name: ViewName): string {
  return queries.value[name] ?? "";
}

/** The address of each view, as it was left. */
export const addresses = computed(
  () =>
    Object.fromEntries(
      VIEW_NAMES.map((name) => [name, routeHash({ view: name, query: queryOf(name) })]),
    ) as Record<ViewName, string>,
);

/** Keeps a view's parameters, in the address too while the view is shown. Nothing is added to the history. */
export function setQuery(name: ViewName, query: string): void {
  if (queries.peek()[name] !== query) queries.value = { ...queries.peek(), [name]: query };
  const hash = routeHash({ view: name, query });
  // Options behind a `?` of the address itself are in the hash from here on.
  if (view.peek() === name && location.search + location.hash !== hash) {
    history.replaceState(null, "", location.pathname + hash);
  }
}

/**
 * Takes the view from the address, now and whenever it changes.
 * @param arrive reads what the address says to the training view, before that view is shown
 */
export function followRoute(arrive: (query: string) => void): void {
  const read = (): void => {
    const { view: named, query } = readRoute(location.hash);
    batch(() => {
      if (named === "train") arrive(query);
      else queries.value = { ...queries.peek(), [named]: query };
      view.value = named;
    });
  };
  read();
  window.addEventListener("hashchange", read);
}
