/** Guards that say the same twice, or only save work. */
import type { Proof } from "../equivalents.ts";

export const GUARDS: readonly Proof[] = [
  {
    reason:
      "The way out only saves work: what lies past the last row or unit is tested once more where it is stored, and nothing else comes of it.",
    mutants: [
      [
        "dense-forward",
        "edge-guard",
        "if (firstTileRow >= rows || part >= PARTS) { return; }",
        "if (firstTileRow > rows || part >= PARTS) { return; }",
      ],
      [
        "dense-forward",
        "guard-removed",
        "if (firstTileRow >= rows || part >= PARTS) { return; }",
        "if (false || part >= PARTS) { return; }",
      ],
      [
        "dense-forward-subgroup",
        "edge-guard",
        "if (firstTileRow >= rows) { return; }",
        "if (firstTileRow > rows) { return; }",
      ],
      [
        "dense-forward-subgroup",
        "guard-removed",
        "if (firstTileRow >= rows) { return; }",
        "if (false) { return; }",
      ],
      [
        "dense-input-gradient",
        "edge-guard",
        "if (firstTileRow >= rows) { return; }",
        "if (firstTileRow > rows) { return; }",
      ],
      [
        "dense-input-gradient",
        "guard-removed",
        "if (firstTileRow >= rows) { return; }",
        "if (false) { return; }",
      ],
      [
        "dense-input-gradient-subgroup",
        "edge-guard",
        "if (firstTileRow >= rows) { return; }",
        "if (firstTileRow > rows) { return; }",
      ],
      [
        "dense-input-gradient-subgroup",
        "guard-removed",
        "if (firstTileRow >= rows) { return; }",
        "if (false) { return; }",
      ],
      ["head", "edge-guard", "if (firstTileRow >= rows) { return; }", "if (firstTileRow > rows) { return; }"],
      ["head", "guard-removed", "if (firstTileRow >= rows) { return; }", "if (false) { return; }"],
      [
        "product-workgroup",
        "edge-guard",
        "if (firstRow >= rows) { return; }",
        "if (firstRow > rows) { return; }",
      ],
      ["product-workgroup", "guard-removed", "if (firstRow >= rows) { return; }", "if (false) { return; }"],
    ],
  },
  {
    reason:
      "What is read for rows or units past the last has sums of its own, none of which is stored; WebGPU bounds what would leave a buffer.",
    mutants: [
      [
        "dense-forward",
        "min-max",
        "x[i] = sourceRow(min(firstTileRow + i, rows - 1u));",
        "x[i] = sourceRow((firstTileRow + i));",
      ],
      [
        "dense-forward-subgroup",
        "min-max",
        "x[s] = sourceRow(min(firstTileRow + s * SUBGROUP_SIZE + subgroupLane, rows - 1u));",
        "x[s] = sourceRow((firstTileRow + s * SUBGROUP_SIZE + subgroupLane));",
      ],
      [
        "dense-forward-subgroup",
        "min-max",
        "let weight = WEIGHT_OFFSET + 4u * k4 * UNITS4 + min(firstUnit4 + j, UNITS4 - 1u);",
        "let weight = WEIGHT_OFFSET + 4u * k4 * UNITS4 + (firstUnit4 + j);",
      ],
      [
        "dense-forward-workgroup",
        "min-max",
        "return vec4u(sourceRow(4u * m4), sourceRow(min(4u * m4 + 1u, last)), sourceRow(min(4u * m4 + 2u, last)),",
        "return vec4u(sourceRow(4u * m4), sourceRow((4u * m4 + 1u)), sourceRow(min(4u * m4 + 2u, last)),",
      ],
      [
        "dense-forward-workgroup",
        "min-max",
        "return vec4u(sourceRow(4u * m4), sourceRow(min(4u * m4 + 1u, last)), sourceRow(min(4u * m4 + 2u, last)),",
        "return vec4u(sourceRow(4u * m4), sourceRow(min(4u * m4 + 1u, last)), sourceRow((4u * m4 + 2u)),",
      ],
      [
        "dense-forward-workgroup",
        "min-max",
        "sourceRow(min(4u * m4 + 3u, last)));",
        "sourceRow((4u * m4 + 3u)));",
      ],
      ["dense-forward-workgroup", "index-sign", "let last = rows - 1u;", "let last = rows + 1u;"],
      [
        "dense-input-gradient",
        "min-max",
        "delta[i] = DELTA_OFFSET + min(firstTileRow + i, rows - 1u) * UNITS4;",
        "delta[i] = DELTA_OFFSET + (firstTileRow + i) * UNITS4;",
      ],
      [
        "dense-input-gradient-subgroup",
        "min-max",
        "delta[s] = DELTA_OFFSET + min(firstTileRow + s * SUBGROUP_SIZE + subgroupLane, rows - 1u) * UNITS4;",
        "delta[s] = DELTA_OFFSET + (firstTileRow + s * SUBGROUP_SIZE + subgroupLane) * UNITS4;",
      ],
      [
        "dense-input-gradient-subgroup",
        "min-max",
        "let weight = WEIGHT_OFFSET + 4u * min(firstInput4 + j, INPUTS4 - 1u) * UNITS4 + k4;",
        "let weight = WEIGHT_OFFSET + 4u * (firstInput4 + j) * UNITS4 + k4;",
      ],
      [
        "dense-input-gradient-workgroup",
        "min-max",
        "return DELTA_OFFSET + min(vec4u(4u * m4) + vec4u(0u, 1u, 2u, 3u), vec4u(rows - 1u)) * UNITS4;",
        "return DELTA_OFFSET + (vec4u(4u * m4) + vec4u(0u, 1u, 2u, 3u)) * UNITS4;",
      ],
      [
        "dense-weight-gradient-subgroup",
        "min-max",
        "x[s] = min(firstInput4 + min(s * SUBGROUP_SIZE + subgroupLane, TILE_INPUTS4 - 1u), INPUTS4 - 1u);",
        "x[s] = (firstInput4 + min(s * SUBGROUP_SIZE + subgroupLane, TILE_INPUTS4 - 1u));",
      ],
      [
        "dense-weight-gradient-subgroup",
        "min-max",
        "dz[j] = activations[DELTA_OFFSET + r * UNITS4 + min(firstUnit4 + j, UNITS4 - 1u)];",
        "dz[j] = activations[DELTA_OFFSET + r * UNITS4 + (firstUnit4 + j)];",
      ],
      [
        "head",
        "min-max",
        "x[i] = sourceRow(min(firstTileRow + i, rows - 1u));",
        "x[i] = sourceRow((firstTileRow + i));",
      ],
      [
        "head",
        "min-max",
        "let delta = activations[DELTA_OFFSET + min(firstTileRow + i, rows - 1u) * CLASSES4 + j];",
        "let delta = activations[DELTA_OFFSET + (firstTileRow + i) * CLASSES4 + j];",
      ],
      [
        "head-workgroup",
        "min-max",
        "let weight = WEIGHT_OFFSET + 4u * k4 * CLASSES4 + min(firstClass4 + j, CLASSES4 - 1u);",
        "let weight = WEIGHT_OFFSET + 4u * k4 * CLASSES4 + (firstClass4 + j);",
      ],
      [
        "product-workgroup",
        "min-max",
        "return min(firstRow / 4u + block % TILE_ROWS4, (rows - 1u) / 4u);",
        "return (firstRow / 4u + block % TILE_ROWS4);",
      ],
      [
        "product-workgroup",
        "min-max",
        "return rightBlock(k4, min(firstColumn4 + block % TILE_COLUMNS4, COLUMNS_OF_C4 - 1u));",
        "return rightBlock(k4, (firstColumn4 + block % TILE_COLUMNS4));",
      ],
    ],
  },
  {
    reason:
      "Past the end of a part the left factor is 0, and the right one is finite: parameters, none of which is stored unless it is, or the delta of the last row.",
    mutants: [
      [
        "product-workgroup",
        "edge-guard",
        "if (block >= RIGHT_BLOCKS || k4 >= end4) { return mat4x4f(); }",
        "if (block >= RIGHT_BLOCKS || k4 > end4) { return mat4x4f(); }",
      ],
      [
        "product-workgroup",
        "guard-removed",
        "if (block >= RIGHT_BLOCKS || k4 >= end4) { return mat4x4f(); }",
        "if (block >= RIGHT_BLOCKS || false) { return mat4x4f(); }",
      ],
    ],
  },
  {
    reason:
      "keepLeft and keepRight drop blocks past the last; that readLeft and readRight do not fetch them only saves reading.",
    mutants: [
      [
        "product-workgroup",
        "edge-guard",
        "if (block >= LEFT_BLOCKS || k4 >= end4) { return mat4x4f(); }",
        "if (block > LEFT_BLOCKS || k4 >= end4) { return mat4x4f(); }",
      ],
      [
        "product-workgroup",
        "edge-guard",
        "if (block >= RIGHT_BLOCKS || k4 >= end4) { return mat4x4f(); }",
        "if (block > RIGHT_BLOCKS || k4 >= end4) { return mat4x4f(); }",
      ],
      [
        "product-workgroup",
        "guard-removed",
        "if (block >= LEFT_BLOCKS || k4 >= end4) { return mat4x4f(); }",
        "if (false || k4 >= end4) { return mat4x4f(); }",
      ],
      [
        "product-workgroup",
        "guard-removed",
        "if (block >= RIGHT_BLOCKS || k4 >= end4) { return mat4x4f(); }",
        "if (false || k4 >= end4) { return mat4x4f(); }",
      ],
    ],
  },
  {
    reason: "Every invocation writes the same value.",
    mutants: [
      ["step-result", "guard-removed", "if (lane > 0u) { return; }", "if (false) { return; }"],
      [
        "product-workgroup",
        "guard-removed",
        "if (lane == 0u) { extents = vec2u(rowsOfC(), depth4()); }",
        "if (true) { extents = vec2u(rowsOfC(), depth4()); }",
      ],
      [
        "head-workgroup",
        "guard-removed",
        "if (lane == 0u) { sharedRows = batchRows(); }",
        "if (true) { sharedRows = batchRows(); }",
      ],
      ["head-workgroup", "guard-removed", "if (lane == 0u) {", "if (true) {"],
    ],
  },
  {
    reason: "What invocations without work read and add up is not stored: they leave right behind the loop.",
    mutants: [["product-workgroup", "guard-removed", "if (works) {", "if (true) {", 2]],
  },
  {
    reason:
      "A lane beyond the last sum, or past the last unit, writes a slot of shared4 that nobody reads: the first row of lanes adds up those of existing sums and units only.",
    mutants: [
      [
        "dense-bias-gradient-workgroup",
        "edge-guard",
        "if (down < ITEMS_DOWN && unit4 < UNITS4) {",
        "if (down <= ITEMS_DOWN && unit4 < UNITS4) {",
      ],
      [
        "dense-bias-gradient-workgroup",
        "edge-guard",
        "if (down < ITEMS_DOWN && unit4 < UNITS4) {",
        "if (down < ITEMS_DOWN && unit4 <= UNITS4) {",
      ],
      [
        "dense-bias-gradient-workgroup",
        "guard-removed",
        "if (down < ITEMS_DOWN && unit4 < UNITS4) {",
        "if (true && unit4 < UNITS4) {",
      ],
      [
        "dense-bias-gradient-workgroup",
        "guard-removed",
        "if (down < ITEMS_DOWN && unit4 < UNITS4) {",
        "if (down < ITEMS_DOWN && true) {",
      ],
    ],
  },
  {
    reason: "The copy that is made twice is the same; what lies past the end is still not copied.",
    mutants: [
      ["roofline-copy", "edge-guard", "if (item >= ITEMS) { return; }", "if (item > ITEMS) { return; }"],
      ["roofline-copy", "guard-removed", "if (item >= ITEMS) { return; }", "if (false) { return; }"],
      [
        "roofline-copy",
        "loop-bound",
        "for (var i = 0u; i < PER_ITEM; i++) {",
        "for (var i = 0u; i <= PER_ITEM; i++) {",
      ],
    ],
  },
  {
    reason: "A second invocation adds up and writes the same.",
    mutants: [["step-result", "constant", "if (lane > 0u) { return; }", "if (lane > 1u) { return; }"]],
  },
  {
    reason:
      "Lanes past the tile load what is not handed round; that they look at it, too, at most steps over fewer zeros.",
    mutants: [
      [
        "dense-weight-gradient-subgroup",
        "min-max",
        "x[s] = min(firstInput4 + min(s * SUBGROUP_SIZE + subgroupLane, TILE_INPUTS4 - 1u), INPUTS4 - 1u);",
        "x[s] = min(firstInput4 + (s * SUBGROUP_SIZE + subgroupLane), INPUTS4 - 1u);",
      ],
    ],
  },
];
