/**
 * Deliberate faults: one line of a shader changed the way such lines go wrong. Each names cases that must notice; a
 * fault that none of them notices means that the cases are too weak, not that the fault is harmless.
 */
import { SHADER_SOURCES, type ShaderSources } from "../../src/gpu/shader-sources.ts";

export interface Fault {
  name: string;
  /** Shader file without its extension. */
  file: string;
  from: string;
  to: string;
  /** Cases of which at least one must fail; all pass without the fault. */
  cases: readonly string[];
}

const FORWARD = "product X.W + b, 8x8 tiles, unrolled";
const FORWARD_BYTES = "product X.W + b of shuffled bytes, 8x8 tiles, unrolled";
const INPUT_GRADIENT = "product dZ.Wt, 4x4 tiles, unrolled";
const WEIGHT_GRADIENT = "product Xt.dZ and column sums, 4x4 tiles, unrolled";
const HEAD = "head, 4x4 tiles, unrolled";
const FORWARD_SUBGROUP = "product X.W + b, subgroup tiles";
const WEIGHT_GRADIENT_SUBGROUP = "product Xt.dZ and column sums, subgroup tiles";
const FORWARD_PARTS = "product X.W + b, workgroup tiles, unrolled";
const INPUT_GRADIENT_WORKGROUP = "product dZ.Wt, workgroup tiles, unrolled";
const WEIGHT_GRADIENT_WORKGROUP = "product Xt.dZ and column sums, workgroup tiles, unrolled";
const HEAD_WORKGROUP = "head, workgroup tiles, unrolled";
const DROPOUT = "dropout masks equal the CPU's exactly";
const step = (name: string): string => `fused step: ${name}`;
const MOMENTUM = step("33 relu; momentum, weightDecay 0.05; step 3");
const NESTEROV = step("65 leaky-relu; nesterov, labelSmoothing 0.2; step 4");
const ADAM = step("31 tanh 0.3 - 33 linear; adam, warmup 10; step 3");
const ADAMW = step("no hidden layer; adamw, weightDecay 0.1; step 3; hardware tiles");
const CLIPPED = step("12 linear; sgd, clipNorm 0.2, weightDecay 0.1, schedule exponential; step 3");

export const FAULTS: readonly Fault[] = [
  {
    name: "rows past the batch are stored",
    file: "dense-forward",
    from: "if (firstTileRow + i < rows && firstUnit4 + j < UNITS4) {",
    to: "if (firstUnit4 + j < UNITS4) {",
    cases: [FORWARD],
  },
  {
    name: "units past the row are stored",
    file: "dense-forward",
    from: "if (firstTileRow + i < rows && firstUnit4 + j < UNITS4) {",
    to: "if (firstTileRow + i < rows) {",
    cases: ["product X.W + b, 8x8 tiles, unrolled"],
  },
  {
    name: "the last inputs are left out",
    file: "dense-forward",
    from: "let end4 = min((part + 1u) * PART4, INPUTS4);",
    to: "let end4 = min((part + 1u) * PART4, INPUTS4 - 1u);",
    cases: [FORWARD],
  },
  {
    name: "zeros are looked for in one pixel of four",
    file: "source-images",
    from: "{ return images[row + k4]; }",
    to: "{ return images[row + k4] & 255u; }",
    cases: [FORWARD_BYTES],
  },
  {
    name: "dark rows count as empty in dW",
    file: "dense-weight-gradient",
    from: "if (!STEP_OVER_ZEROS || bits != 0u) { break; }",
    to: "if (!STEP_OVER_ZEROS || bits > 65535u) { break; }",
    cases: [MOMENTUM],
  },
  {
    name: "the bias is dropped",
    file: "hidden-units",
    from: "let z = product + parameters[HIDDEN_BIAS_OFFSET + unit4];",
    to: "let z = product;",
    cases: [FORWARD],
  },
  {
    name: "units that only pad are not cleared",
    file: "hidden-units",
    from: "activate4(z) * kept * real;",
    to: "activate4(z) * kept;",
    cases: [FORWARD],
  },
  {
    name: "the ReLU's mask is inverted",
    file: "activation",
    from: "case 0u: { return select(vec4f(0.0), vec4f(1.0), z > vec4f(0.0)); }",
    to: "case 0u: { return select(vec4f(1.0), vec4f(0.0), z > vec4f(0.0)); }",
    cases: [FORWARD],
  },
  {
    name: "W is read transposed",
    file: "dense-input-gradient",
    from: "WEIGHT_OFFSET + 4u * (firstInput4 + j) * UNITS4 + k4;",
    to: "WEIGHT_OFFSET + 4u * k4 * UNITS4 + firstInput4 + j;",
    cases: [INPUT_GRADIENT],
  },
  {
    name: "the slope of the layer below is forgotten",
    file: "result-delta",
    from: "activations[below] = activations[below] * product;",
    to: "activations[below] = product;",
    cases: [INPUT_GRADIENT],
  },
  {
    name: "the first row is left out of dW",
    file: "dense-weight-gradient",
    from: "var r = 0u;",
    to: "var r = 1u;",
    cases: [WEIGHT_GRADIENT],
  },
  {
    name: "the last row is left out of db",
    file: "dense-bias-gradient",
    from: "r < rows; r++",
    to: "r + 1u < rows; r++",
    cases: [WEIGHT_GRADIENT],
  },
  {
    name: "deltas are not divided by the rows",
    file: "softmax-cross-entropy",
    from: "(p - t) * rowShare()",
    to: "(p - t)",
    cases: [HEAD],
  },
  {
    name: "the row's largest logit is not subtracted",
    file: "softmax-cross-entropy",
    from: "select(vec4f(LOWEST), logit4(row, class4) - largest, isClass4(class4))",
    to: "select(vec4f(LOWEST), logit4(row, class4), isClass4(class4))",
    cases: ["head: logits of +-88 and +-10,000, equal rows"],
  },
  {
    name: "the rank counts the true class itself",
    file: "softmax-cross-entropy",
    from: "c < label)) { rank++; }",
    to: "c <= label)) { rank++; }",
    cases: [HEAD],
  },
  {
    name: "label smoothing is ignored in the target",
    file: "softmax-cross-entropy",
    from: "vec4f(1.0 - SMOOTHING), isTruth)",
    to: "vec4f(1.0), isTruth)",
    cases: [NESTEROV],
  },
  {
    name: "momentum is ignored",
    file: "optimizer-momentum",
    from: "MOMENTUM * firstMoment[at] + g;",
    to: "g;",
    cases: [MOMENTUM],
  },
  {
    name: "Nesterov looks ahead without the gradient",
    file: "optimizer-momentum",
    from: "(g + MOMENTUM * velocity)",
    to: "(MOMENTUM * velocity)",
    cases: [NESTEROV],
  },
  {
    name: "weight decay acts on biases",
    file: "update",
    from: "select(0.0, L2_DECAY, isWeight)",
    to: "L2_DECAY",
    cases: [MOMENTUM],
  },
  {
    name: "Adam's second moment decays like the first",
    file: "optimizer-adam",
    from: "let v = BETA2 * secondMoment[at] + ONE_MINUS_BETA2 * g * g;",
    to: "let v = BETA1 * secondMoment[at] + ONE_MINUS_BETA1 * g * g;",
    cases: [ADAM],
  },
  {
    name: "Adam's correction of the second moment is inverted",
    file: "optimizer-adam",
    from: "sqrt(v) / momentScale + EPSILON",
    to: "sqrt(v) * momentScale + EPSILON",
    cases: [ADAM],
  },
  {
    name: "the decoupled decay is left out",
    file: "optimizer-adam",
    from: "select(old, old * decay, DECOUPLED_DECAY && isWeight)",
    to: "old",
    cases: [ADAMW],
  },
  {
    name: "gradients are not clipped",
    file: "clipped-update",
    from: "min(1.0, CLIP_NORM / (sqrt(total) + 1e-6))",
    to: "1.0",
    cases: [CLIPPED],
  },
  {
    name: "what dropout keeps is not scaled",
    file: "dropout",
    from: "vec4f(DROPOUT_SCALE)",
    to: "vec4f(1.0)",
    cases: [DROPOUT],
  },
  {
    name: "the dropout mask does not depend on the step",
    file: "dropout",
    from: "vec4u(DROPOUT_KEY, stepNumber(), row, unit4)",
    to: "vec4u(DROPOUT_KEY, 0u, row, unit4)",
    cases: [DROPOUT],
  },
  {
    name: "slopes of dropped units are kept",
    file: "hidden-units",
    from: "slope4(z) * kept * real;",
    to: "slope4(z) * real;",
    cases: [ADAM],
  },
  {
    name: "the first row of a part is not gathered",
    file: "gather",
    from: "row >= PART_FIRST &&",
    to: "row > PART_FIRST &&",
    cases: ["copies: gathered rows", "limits: a data set in several buffers gives the same bits"],
  },
  {
    name: "the snapshot misses its end",
    file: "snapshot",
    from: "at < VECTORS)",
    to: "at + 1u < VECTORS)",
    cases: ["copies: snapshot"],
  },
  {
    name: "the confusion matrix is transposed",
    file: "confusion",
    from: "label * CLASSES + results[row].y",
    to: "results[row].y * CLASSES + label",
    cases: ["copies: confusion matrix"],
  },
  {
    name: "the guard is never raised",
    file: "step",
    from: "atomicMax(&control[FAULT], 1u + layer * 16u + tensor);",
    to: "",
    cases: ["guard: NaN and infinity in weights and moments"],
  },
  {
    name: "every lane hands round the first one's inputs",
    file: "dense-forward-subgroup",
    from: "subgroupBroadcast(own[s], l)",
    to: "subgroupBroadcast(own[s], 0u)",
    cases: [FORWARD_SUBGROUP],
  },
  {
    name: "units past the row are stored by a subgroup",
    file: "dense-forward-subgroup",
    from: "if (firstTileRow + i < rows && firstUnit4 + j < UNITS4) {",
    to: "if (firstTileRow + i < rows) {",
    cases: [FORWARD_SUBGROUP],
  },
  {
    name: "a lane finds a row empty that others do not",
    file: "dense-weight-gradient-subgroup",
    from: "subgroupAny(bits != 0u)",
    to: "(bits != 0u)",
    cases: [step("33 relu; momentum, weightDecay 0.05; step 3; subgroup tiles")],
  },
  {
    name: "inputs past the last are stored by a subgroup",
    file: "dense-weight-gradient-subgroup",
    from: "if (4u * firstInput4 + i < INPUTS && firstUnit4 + j < UNITS4) {",
    to: "if (firstUnit4 + j < UNITS4) {",
    cases: [WEIGHT_GRADIENT_SUBGROUP],
  },
  {
    name: "every part begins with the first inputs",
    file: "product-workgroup",
    from: "let first4 = part * PART4;",
    to: "let first4 = 0u;",
    cases: [FORWARD_PARTS],
  },
  {
    name: "rows past the last are stored by a workgroup",
    file: "product-workgroup",
    from: "if (row < rows && column4 < COLUMNS_OF_C4)",
    to: "if (column4 < COLUMNS_OF_C4)",
    cases: [INPUT_GRADIENT_WORKGROUP],
  },
  {
    name: "rows past the batch count in dW",
    file: "dense-weight-gradient-workgroup",
    from: "if (4u * k4 + q <= lastRow)",
    to: "if (4u * k4 + q <= lastRow + 1u)",
    cases: [WEIGHT_GRADIENT_WORKGROUP],
  },
  {
    name: "the last part is left out",
    file: "source-parts",
    from: "part < PARTS; part++",
    to: "part + 1u < PARTS; part++",
    cases: [step("40 gelu; adamw, clipNorm 0.3, weightDecay 0.1; step 3; hardware tiles")],
  },
  {
    name: "the last lanes are left out of the logits",
    file: "head-workgroup",
    from: "lane + apart < WORKGROUP_SIZE",
    to: "lane + apart + 1u < WORKGROUP_SIZE",
    cases: [HEAD_WORKGROUP],
  },
  {
    name: "the second share of db is left out",
    file: "dense-bias-gradient-workgroup",
    from: "other = 1u; other < ITEMS_DOWN",
    to: "other = 2u; other < ITEMS_DOWN",
    cases: [WEIGHT_GRADIENT_WORKGROUP],
  },
  {
    name: "the second share of the loss is left out",
    file: "step-result-workgroup",
    from: "other = 1u;",
    to: "other = 2u;",
    cases: [step("40 gelu; adamw, clipNorm 0.3, weightDecay 0.1; step 3; hardware tiles")],
  },
];

/** The product's shaders with one fault. @throws Error when the line to change is not there any more */
export function faultyShaders({ name, file, from, to }: Fault): ShaderSources {
  const text = SHADER_SOURCES[file];
  if (text === undefined || !text.includes(from)) {
    throw new Error(`fault "${name}": ${file}.wgsl does not contain "${from}"`);
  }
  return { ...SHADER_SOURCES, [file]: text.replaceAll(from, to) };
}
