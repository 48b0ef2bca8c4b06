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

/**
 * An address that names no view leads to the training view.
 * @param hash with or without its `#`
 * @returns also a sentence without its full stop for each part that means nothing; views find the rest in their query
 */
export function readRoute(hash: string): Route & { problems: string[] } {
  const text = hash.replace(/^#/, "");
  if (!text.startsWith("/")) return { view: "train", query: text, problems: [] };
  const [name, ...rest] = text.slice(1).split("?");
  const query = rest.join("?");
  const view = VIEW_NAMES.find((candidate) => candidate === name);
  if (view === undefined) {
    return {
      view: "train",
      query,
      problems: [`“${name}” is not a view: there are ${VIEW_NAMES.join(", ")}, and bench`],
    };
  }
  return { view, query, problems: [] };
}

/**
 * The benchmark is a document of its own: its peers need rights that this page does without.
 * @param hash with or without its `#`
 * @returns where it lies, where the address names it; what stands behind a `?` is its own
 */
export function benchAddress(hash: string): string | undefined {
  const [named, query] = /^#?\/bench(?:mark)?\/?(?:\?(.*))?$/.exec(hash) ?? [];
  if (named === undefined) return undefined;
  return query === undefined ? BENCH : `${BENCH}#${query}`;
}

/** Seen from the page. */
export const BENCH = "./bench/index.html";

/** The hash that leads there, with its `#`. */
export function routeHash({ view, query }: Route): string {
  if (view === "train") return `#${query}`;
  return query === "" ? `#/${view}` : `#/${view}?${query}`;
}

export const view = signal<ViewName>("train");

/** What was wrong with the address itself; what a view finds wrong with its parameters, it says in its own place. */
export const routeProblems = signal<readonly string[]>([]);

export interface Arrival {
  view: ViewName;
  /** Where the view is to be scrolled to: its top, or where it was left if the visitor goes back or forward to it. */
  scroll: number;
}

/** A view that has just been changed to and has not been entered yet (see views/entrance.tsx). */
export const arrival = signal<Arrival | null>(null);

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

/**
 * Keeps a view's parameters, in the address too while the view is shown.
 * @param push makes an entry of the history, to come back to what the address said before
 */
export function setQuery(name: ViewName, query: string, { push = false } = {}): void {
  if (queries.peek()[name] !== query) queries.value = { ...queries.peek(), [name]: query };
  const hash = routeHash({ view: name, query });
  // Options behind a `?` of the address itself are in the hash from here on.
  if (view.peek() === name && location.search + location.hash !== hash) {
    const address = location.pathname + hash;
    if (push) history.pushState(VISITED, "", address);
    else history.replaceState(history.state, "", address);
  }
}

/**
 * Takes the view from the address, now and whenever it changes.
 * @param arrive reads what the address says to the training view, before that view is shown
 */
export function followRoute(arrive: (query: string) => void): void {
  const read = (): void => {
    const elsewhere = benchAddress(location.hash);
    if (elsewhere !== undefined) return location.replace(elsewhere);
    const { view: named, query, problems } = readRoute(location.hash);
    batch(() => {
      if (named === "train") arrive(query);
      else queries.value = { ...queries.peek(), [named]: query };
      routeProblems.value = problems;
      view.value = named;
    });
    if (problems.length > 0) setQuery(named, queryOf(named));
  };
  read();
  followHistory(read);
}

/** The state of an entry of the history that was left once and can be come back to. */
const VISITED = { visited: true };

/** Views differ in height: the browser itself would scroll the one that comes to where the one that goes was. */
function followHistory(read: () => void): void {
  const left: Partial<Record<ViewName, number>> = {};
  const mark = (): void => history.replaceState({ ...(history.state as object | null), ...VISITED }, "");
  mark();
  history.scrollRestoration = "manual";
  // A page that is loaded again has only one view to scroll.
  window.addEventListener("pagehide", () => (history.scrollRestoration = "auto"));
  window.addEventListener("pageshow", () => (history.scrollRestoration = "manual"));
  window.addEventListener("hashchange", () => {
    const before = view.peek();
    left[before] = window.scrollY;
    // An entry that was left before is come back to; a link makes a new one.
    const isBack = (history.state as { visited?: boolean } | null)?.visited === true;
    read();
    mark();
    const now = view.peek();
    if (now !== before) arrival.value = { view: now, scroll: isBack ? (left[now] ?? 0) : 0 };
  });
}
