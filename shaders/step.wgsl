// What every kernel of a step shares: which step this is, and the guard.
//
// `control` holds four words: NEXT, CURRENT, FAULT and FAULT_ENTRY. NEXT is the entry that the step after this one uses,
// CURRENT the entry of the step that is running: the first dispatch of a step reads NEXT and publishes it as CURRENT, the
// last reads CURRENT and advances NEXT, because a dispatch that reads a word cannot also advance it. FAULT is 0 until
// something is not finite; FAULT_ENTRY is the entry of the step in which that was.
//
// `schedule` begins with one entry of ENTRY_WORDS words per step of the epoch; row numbers follow.
//! reads schedule
//! writes control

const FAULT = 2u;
const FAULT_ENTRY = 3u;
const ENTRY_WORDS = 8u;

// First word of this step's entry. ENTRY_FIELD is 0, NEXT, in the first dispatch of a step and 1, CURRENT, in all others.
fn entry() -> u32 {
  return atomicLoad(&control[ENTRY_FIELD]) * ENTRY_WORDS;
}

// Steps taken before this one.
fn stepNumber() -> u32 { return schedule[entry()]; }
// Where this step's row numbers begin in `schedule`, or the first row itself where rows are met in order.
fn firstRow() -> u32 { return schedule[entry() + 1u]; }
// Rows of this batch: fewer than usual in the last batch of an epoch.
fn batchRows() -> u32 { return schedule[entry() + 2u]; }
fn learningRate() -> f32 { return bitcast<f32>(schedule[entry() + 3u]); }
// Adam: learningRate / (1 - beta1^t)
fn stepSize() -> f32 { return bitcast<f32>(schedule[entry() + 4u]); }
// Adam: sqrt(1 - beta2^t)
fn secondMomentScale() -> f32 { return bitcast<f32>(schedule[entry() + 5u]); }
// adamw: 1 - learningRate * weightDecay
fn weightScale() -> f32 { return bitcast<f32>(schedule[entry() + 6u]); }
// 1 / rows of this batch
fn rowShare() -> f32 { return bitcast<f32>(schedule[entry() + 7u]); }

// WGSL lets a compiler assume that NaN and infinity do not occur, so the exponent bits are tested as integers.
fn isFinite4(value: vec4f) -> bool {
  return all((bitcast<vec4u>(value) & vec4u(0x7f800000u)) != vec4u(0x7f800000u));
}

// Stops every kernel from now on; the host puts the last snapshot back.
fn raiseFault(layer: u32, tensor: u32) {
  // All that find a fault in a step store the same. CURRENT would not do: who publishes it may not have begun, and does not
  // once it sees the fault.
  atomicStore(&control[FAULT_ENTRY], atomicLoad(&control[ENTRY_FIELD]));
  atomicMax(&control[FAULT], 1u + layer * 16u + tensor);
}
// Tensors that a fault can name; the host has the same list.
// Of those a step raises together the largest stays, so what comes first in the computation is larger than what follows.
const FAULT_LOSS = 0u;
const FAULT_Z = 1u;
const FAULT_WEIGHT_GRADIENT = 2u;
const FAULT_BIAS_GRADIENT = 3u;
const FAULT_WEIGHT = 4u;
const FAULT_BIAS = 5u;
const FAULT_MOMENT = 6u;
const FAULT_GRADIENT_NORM = 7u;
