/** What the page asks its second worker, which computes what is too long for the page and nothing to do with a run. */
import type { BillRow } from "../lens/derivation/bill.ts";

export interface LensApi {
  /** The bill, measured where the long form takes at most so many bytes in float32. Seconds of work. */
  bill(mostBytes: number): BillRow[];
}
