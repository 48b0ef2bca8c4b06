// What dZ.Wt does with its sums: times the slope that the layer below has left where its delta belongs, they are its delta.
//! writes activations

fn beginResult(part: u32) {}
fn storeResult(row: u32, input4: u32, product: vec4f) {
  let below = DELTA_BELOW_OFFSET + row * INPUTS4 + input4;
  activations[below] = activations[below] * product;
}
fn endResult(item: u32) {}
