/** What a search for tiles looks for, and what it reports: plain JSON. */
import type { AdapterSummary } from "../core/engine.ts";
import type { ProfileClock } from "../core/profile.ts";
import type { ProductKind, ProductTile, Tuning } from "./tuning.ts";

/** How long to search: a few candidates of what matters most, or everything worth a try. */
export type TuneMode = "fast" | "full";

/** A product C [m, n] = sum over k; for the head, m rows of n classes from k inputs. */
export interface ProductShape {
  m: number;
  n: number;
  k: number;
}

/** What one part of a table can be set to. */
export type Setting = ProductTile | Tuning["head"] | { workgroupSize: number };

/** A part of a table that can be chosen by itself. */
export interface Target {
  what: ProductKind | "head" | "workgroupSize";
  /** The layer it is chosen for; null where it is chosen for all. */
  layer: number | null;
  shape: ProductShape | null;
  /** The dispatch of a step it takes part in, and which part of its work it is, 0 to 1. */
  dispatch: string | null;
  part: number;
  /** Whether K may be cut into parts: of the product in front of the head. */
  splittable: boolean;
}

export interface TriedCandidate {
  setting: Setting;
  /** Milliseconds of the dispatches it changes; null where it could not be timed. */
  ms: number | null;
  /** Milliseconds of the same dispatches with what was chosen until then. */
  before: number | null;
  /** Why it could not be timed. */
  problem?: string;
}

export interface TargetReport extends Target {
  /** What the table had before the search. */
  default: Setting;
  chosen: Setting;
  /** What the choices gained: 0.1 is a tenth of the time of the dispatches they change. */
  gain: number;
  candidates: TriedCandidate[];
  /** Candidates that there was no time for. */
  left: number;
}

export interface TuneReport {
  mode: TuneMode;
  adapter: AdapterSummary;
  /** Widths, as in `784-512-10`. */
  network: string;
  batch: number;
  optimizer: string;
  clock: ProfileClock;
  seconds: number;
  /** The bound on them. */
  budgetSeconds: number;
  /** `time`: by the bound; `aborted`: by the caller. */
  stopped: "done" | "time" | "aborted";
  /** Milliseconds of all dispatches of a step, one after another, with the table before and with the one found. */
  stepMs: { default: number; tuned: number };
  products: TargetReport[];
  tuning: Tuning;
}
