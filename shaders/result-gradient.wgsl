// What Xt.dZ does with its sums: they are dW, handed to the epilogue.
//! uses epilogue

fn beginResult(part: u32) { beginEpilogue(); }
fn storeResult(input: u32, unit4: u32, gradient: vec4f) {
  finishWeight(WEIGHT_OFFSET + input * UNITS4 + unit4, gradient);
}
fn endResult(item: u32) { endEpilogue(item); }
