/** The same value by another way. */
import type { Proof } from "../equivalents.ts";

export const VALUES: readonly Proof[] = [
  {
    reason: "All four components are the same sum.",
    mutants: [
      [
        "clipped-update",
        "component",
        "for (var i = 0u; i < WORKGROUP_SIZE; i++) { total += shared4[i].x; }",
        "for (var i = 0u; i < WORKGROUP_SIZE; i++) { total += shared4[i].y; }",
      ],
    ],
  },
  {
    reason: "At 0 both branches give the same: e is 1 there.",
    mutants: [
      [
        "activation",
        "edge-guard",
        "return select(e, vec4f(1.0), x >= vec4f(0.0)) / (1.0 + e);",
        "return select(e, vec4f(1.0), x > vec4f(0.0)) / (1.0 + e);",
      ],
    ],
  },
  {
    reason:
      "Beyond +-20 the sigmoid of 2u is exactly 0 or 1 in float32, its slope exactly 0, and the cube of 40 does not overflow: a wider clamp changes no bit.",
    mutants: [
      [
        "activation",
        "constant",
        "fn geluClamp4(z: vec4f) -> vec4f { return clamp(z, vec4f(-20.0), vec4f(20.0)); }",
        "fn geluClamp4(z: vec4f) -> vec4f { return clamp(z, vec4f(-40.0), vec4f(20.0)); }",
      ],
      [
        "activation",
        "constant",
        "fn geluClamp4(z: vec4f) -> vec4f { return clamp(z, vec4f(-20.0), vec4f(20.0)); }",
        "fn geluClamp4(z: vec4f) -> vec4f { return clamp(z, vec4f(-20.0), vec4f(40.0)); }",
      ],
    ],
  },
  {
    reason:
      "With fewer slots than the tile needs it does not compile: a slot that is handed round is not there. Further ones load the last vector of the tile once more, which is looked at anyway, and are not handed round.",
    mutants: [
      [
        "dense-weight-gradient-subgroup",
        "division",
        "const SLOTS = (TILE_INPUTS4 + SUBGROUP_SIZE - 1u) / SUBGROUP_SIZE;",
        "const SLOTS = (TILE_INPUTS4 + SUBGROUP_SIZE - 1u) % SUBGROUP_SIZE;",
      ],
    ],
  },
  {
    reason: "The halves take turns; which one is first does not matter.",
    mutants: [["product-workgroup", "accumulator", "var half = 0u;", "var half = 1u;"]],
  },
  {
    reason: "Past the end of the part every block is 0: one more slice adds 0.",
    mutants: [
      [
        "product-workgroup",
        "loop-bound",
        "for (var k4 = first4; k4 < end4; k4 += DEPTH4) {",
        "for (var k4 = first4; k4 <= end4; k4 += DEPTH4) {",
      ],
    ],
  },
  {
    reason: "A group past the last has no class that exists; nothing of it is stored.",
    mutants: [
      [
        "head",
        "loop-bound",
        "for (var group = 0u; group < GROUPS; group++) {",
        "for (var group = 0u; group <= GROUPS; group++) {",
      ],
    ],
  },
  {
    reason: "A threshold of 0 keeps every unit, and the scale that belongs to it is 1.",
    mutants: [
      [
        "dropout",
        "guard-removed",
        "if (DROPOUT_THRESHOLD == 0u) { return vec4f(1.0); }",
        "if (false) { return vec4f(1.0); }",
      ],
    ],
  },
  {
    reason: "Classes past the last count as nothing, however many vectors of them there are.",
    mutants: [
      [
        "softmax-cross-entropy",
        "loop-bound",
        "for (var j = 0u; j < CLASSES4; j++) {",
        "for (var j = 0u; j <= CLASSES4; j++) {",
      ],
    ],
  },
  {
    reason: "Nobody reads these components.",
    mutants: [
      [
        "step-result-workgroup",
        "constant",
        "shared4[lane] = vec4f(loss, f32(correct), 0.0, 0.0);",
        "shared4[lane] = vec4f(loss, f32(correct), 1.0, 0.0);",
      ],
      [
        "step-result-workgroup",
        "constant",
        "shared4[lane] = vec4f(loss, f32(correct), 0.0, 0.0);",
        "shared4[lane] = vec4f(loss, f32(correct), 0.0, 1.0);",
      ],
    ],
  },
];
