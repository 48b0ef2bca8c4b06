// What a gradient kernel does with its sums: it stores them, with the sum of squares of each invocation's tile
// (for the global norm) at NORM_OFFSET + item.
//! uses step
//! writes gradients, squares

// Begins as 0.
var<private> tileSquares: f32;

fn beginEpilogue() {}
fn storeGradient(at: u32, gradient: vec4f, tensor: u32) {
  if (!isFinite4(gradient)) { raiseFault(LAYER, tensor); }
  gradients[at] = gradient;
  tileSquares += dot(gradient, gradient);
}
fn finishWeight(at: u32, gradient: vec4f) { storeGradient(at, gradient, FAULT_WEIGHT_GRADIENT); }
fn finishBias(at: u32, gradient: vec4f) { storeGradient(at, gradient, FAULT_BIAS_GRADIENT); }
fn endEpilogue(item: u32) { squares[NORM_OFFSET + item] = tileSquares; }
