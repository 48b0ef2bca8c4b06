/** Faults that the order in which a software adapter runs invocations hides. */
import type { Proof } from "../equivalents.ts";

export const HIDDEN: readonly Proof[] = [
  {
    reason:
      "Without the clamp the cube overflows to infinity, whose sigmoid is 0 or 1 just as well. WGSL does not promise infinity, so the clamp stays; adapters that have it cannot show the difference.",
    mutants: [["activation", "function", "let c = clamp(z, vec4f(-20.0), vec4f(20.0));", "let c = (z);", 1]],
  },
];
