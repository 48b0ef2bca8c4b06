/** Calls that are made for a role, where nothing comes of them. */
import type { Proof } from "../equivalents.ts";

export const ROLES: readonly Proof[] = [
  {
    reason:
      "The results that this kernel is given do nothing there, or do not ask for the part; the call is there for the role's sake.",
    mutants: [
      ["dense-forward", "statement-removed", "endResult(item);", ""],
      ["dense-forward-subgroup", "statement-removed", "beginResult(0u);", ""],
      ["dense-forward-subgroup", "statement-removed", "endResult(tile * SUBGROUP_SIZE + subgroupLane);", ""],
      ["dense-forward-subgroup", "constant", "beginResult(0u);", "beginResult(1u);"],
      ["dense-input-gradient", "statement-removed", "beginResult(0u);", ""],
      ["dense-input-gradient", "statement-removed", "endResult(item);", ""],
      ["dense-input-gradient", "constant", "beginResult(0u);", "beginResult(1u);"],
      ["dense-input-gradient-subgroup", "statement-removed", "beginResult(0u);", ""],
      [
        "dense-input-gradient-subgroup",
        "statement-removed",
        "endResult(tile * SUBGROUP_SIZE + subgroupLane);",
        "",
      ],
      ["dense-input-gradient-subgroup", "constant", "beginResult(0u);", "beginResult(1u);"],
      ["dense-weight-gradient", "constant", "beginResult(0u);", "beginResult(1u);"],
      ["dense-weight-gradient-subgroup", "constant", "beginResult(0u);", "beginResult(1u);"],
    ],
  },
  {
    reason: "The operands of this product do not ask for what leftAt gives.",
    mutants: [
      [
        "dense-weight-gradient-workgroup",
        "constant",
        "fn leftAt(m4: u32, rows: u32) -> vec4u { return vec4u(0u); }",
        "fn leftAt(m4: u32, rows: u32) -> vec4u { return vec4u(1u); }",
      ],
    ],
  },
  {
    reason: "The results that this kernel is given make nothing of the item.",
    mutants: [
      [
        "dense-input-gradient-subgroup",
        "sign",
        "endResult(tile * SUBGROUP_SIZE + subgroupLane);",
        "endResult(tile * SUBGROUP_SIZE - subgroupLane);",
      ],
      [
        "dense-forward-subgroup",
        "sign",
        "endResult(tile * SUBGROUP_SIZE + subgroupLane);",
        "endResult(tile * SUBGROUP_SIZE - subgroupLane);",
      ],
      [
        "dense-input-gradient-subgroup",
        "factor",
        "endResult(tile * SUBGROUP_SIZE + subgroupLane);",
        "endResult(tile + subgroupLane);",
      ],
      [
        "dense-forward-subgroup",
        "factor",
        "endResult(tile * SUBGROUP_SIZE + subgroupLane);",
        "endResult(tile + subgroupLane);",
      ],
    ],
  },
  {
    reason: "The results that this kernel is given make nothing of the item.",
    mutants: [
      [
        "dense-input-gradient-subgroup",
        "term",
        "endResult(tile * SUBGROUP_SIZE + subgroupLane);",
        "endResult(tile * SUBGROUP_SIZE);",
      ],
      [
        "dense-forward-subgroup",
        "term",
        "endResult(tile * SUBGROUP_SIZE + subgroupLane);",
        "endResult(tile * SUBGROUP_SIZE);",
      ],
    ],
  },
  {
    reason: "The rows have been looked up right before, and no source needs more.",
    mutants: [
      ["head", "statement-removed", "beginSource();", ""],
      ["head-workgroup", "statement-removed", "beginSource();", ""],
    ],
  },
];
