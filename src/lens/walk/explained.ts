/** A derivation with what is said about it, before it is written down as a terminal's text, a page, Markdown or JSON. */
import type { BillRow } from "../derivation/bill.ts";
import type { Derivation } from "../derivation/types.ts";

export interface Explained {
  title: string;
  subtitle: string;
  derivation: Derivation;
  bill: BillRow[];
  /** Why the long form was left out; empty where it was not. */
  omitted: string;
}
