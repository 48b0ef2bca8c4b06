/** Whether two adapters say the same of themselves: only then may the same bits be expected of them. */
import type { AdapterSummary } from "./engine.ts";

const NAMES = ["vendor", "architecture", "device", "description", "software"] as const;

export function sameAdapter(a: AdapterSummary, b: AdapterSummary): boolean {
  return NAMES.every((name) => a[name] === b[name]);
}
