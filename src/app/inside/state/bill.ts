/** The bill of both forms: from the shapes at once, with times when they have been measured. */
import { signal } from "@preact/signals";
import { billOfShapes } from "../../../lens/derivation/bill.ts";
import { lens } from "./lens.ts";

/** In float32; the largest networks of the bill take more, and are not run. */
const MOST_BYTES = 128e6;

export const rows = signal(billOfShapes());
export const measuring = signal(false);
/** Why there are no times; empty where there are, or nobody asked. */
export const failure = signal("");

export async function measure(): Promise<void> {
  measuring.value = true;
  failure.value = "";
  try {
    rows.value = await lens.ask((api) => api.bill(MOST_BYTES));
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
  }
  measuring.value = false;
}

export function isMeasured(): boolean {
  return rows.value.some(({ short }) => short.seconds !== undefined);
}
