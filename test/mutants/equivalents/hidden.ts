/** Faults that the order in which a software adapter runs invocations hides. */
import type { Proof } from "../equivalents.ts";

export const HIDDEN: readonly Proof[] = [
  {
    reason:
      "Without the clamp the cube overflows to infinity, whose sigmoid is 0 or 1 just as well. WGSL does not promise infinity, so the clamp stays; adapters that have it cannot show the difference.",
    mutants: [["activation", "function", "let c = clamp(z, vec4f(-20.0), vec4f(20.0));", "let c = (z);", 1]],
  },
  {
    reason:
      "A software adapter runs invocations four at a time and one group after the other, so that a neighbour has always written what is read; elsewhere it is a race.",
    mutants: [
      ["head-workgroup", "barrier", "workgroupBarrier();", "", 2],
      ["head-workgroup", "barrier", "workgroupBarrier();", "", 4],
      [
        "head-workgroup",
        "guard-removed",
        "if (lane % (2u * apart) == 0u && lane + apart < WORKGROUP_SIZE) {",
        "if (true && lane + apart < WORKGROUP_SIZE) {",
      ],
      [
        "head-workgroup",
        "stride",
        "if (lane % (2u * apart) == 0u && lane + apart < WORKGROUP_SIZE) {",
        "if (lane % (apart) == 0u && lane + apart < WORKGROUP_SIZE) {",
      ],
    ],
  },
];
