/** Stepping over zeros, which saves time and nothing else. */
import type { Proof } from "../equivalents.ts";

export const ZEROS: readonly Proof[] = [
  {
    reason:
      "Stepping over zeros only saves time: adding the product with 0 changes no bit of a sum (docs/decisions/0008-stepping-over-zeros.md). These never step, or ask once more than they need to.",
    mutants: [
      [
        "dense-forward",
        "flag",
        "if (!STEP_OVER_ZEROS || bits != 0u) { break; }",
        "if (STEP_OVER_ZEROS || bits != 0u) { break; }",
      ],
      [
        "dense-forward-subgroup",
        "flag",
        "if (!STEP_OVER_ZEROS || subgroupAny(bits != 0u)) { break; }",
        "if (STEP_OVER_ZEROS || subgroupAny(bits != 0u)) { break; }",
      ],
      [
        "dense-weight-gradient",
        "flag",
        "if (!STEP_OVER_ZEROS || bits != 0u) { break; }",
        "if (STEP_OVER_ZEROS || bits != 0u) { break; }",
      ],
      [
        "dense-weight-gradient-subgroup",
        "flag",
        "if (!STEP_OVER_ZEROS || subgroupAny(bits != 0u)) { break; }",
        "if (STEP_OVER_ZEROS || subgroupAny(bits != 0u)) { break; }",
      ],
      ["dense-forward", "accumulator", "var bits = 0u;", "var bits = 1u;"],
      ["dense-forward-subgroup", "accumulator", "var bits = 0u;", "var bits = 1u;"],
      ["dense-weight-gradient", "accumulator", "var bits = 0u;", "var bits = 1u;"],
      ["dense-weight-gradient-subgroup", "accumulator", "var bits = 0u;", "var bits = 1u;"],
      ["source-images", "flag", "const STEP_OVER_ZEROS = true;", "const STEP_OVER_ZEROS = false;"],
    ],
  },
  {
    reason: "Where nothing is stepped over, bits4 gives a number that is not 0, which ends the loop as well.",
    mutants: [
      [
        "dense-forward",
        "guard-removed",
        "if (!STEP_OVER_ZEROS || bits != 0u) { break; }",
        "if (false || bits != 0u) { break; }",
      ],
      [
        "dense-forward-subgroup",
        "guard-removed",
        "if (!STEP_OVER_ZEROS || subgroupAny(bits != 0u)) { break; }",
        "if (false || subgroupAny(bits != 0u)) { break; }",
      ],
      [
        "dense-weight-gradient",
        "guard-removed",
        "if (!STEP_OVER_ZEROS || bits != 0u) { break; }",
        "if (false || bits != 0u) { break; }",
      ],
      [
        "dense-weight-gradient-subgroup",
        "guard-removed",
        "if (!STEP_OVER_ZEROS || subgroupAny(bits != 0u)) { break; }",
        "if (false || subgroupAny(bits != 0u)) { break; }",
      ],
      ["source-activations", "flag", "const STEP_OVER_ZEROS = false;", "const STEP_OVER_ZEROS = true;"],
      [
        "source-activations",
        "constant",
        "fn bits4(stored: Stored4) -> u32 { return 1u; }",
        "fn bits4(stored: Stored4) -> u32 { return 2u; }",
      ],
      ["source-parts", "flag", "const STEP_OVER_ZEROS = false;", "const STEP_OVER_ZEROS = true;"],
      [
        "source-parts",
        "constant",
        "fn bits4(stored: Stored4) -> u32 { return 1u; }",
        "fn bits4(stored: Stored4) -> u32 { return 2u; }",
      ],
    ],
  },
  {
    reason:
      "The condition right behind ends the outer loop just the same; what was read past the end is not used.",
    mutants: [
      ["dense-forward", "loop-bound", "for (; k4 < end4; k4++) {", "for (; k4 <= end4; k4++) {"],
      [
        "dense-forward-subgroup",
        "loop-bound",
        "for (; k4 < INPUTS4; k4++) {",
        "for (; k4 <= INPUTS4; k4++) {",
      ],
      ["dense-weight-gradient", "loop-bound", "for (; r < rows; r++) {", "for (; r <= rows; r++) {"],
      ["dense-weight-gradient-subgroup", "loop-bound", "for (; r < rows; r++) {", "for (; r <= rows; r++) {"],
    ],
  },
];
