// Clipping by global norm, then the optimiser's update, for the tensors of one layer.
//
// Every workgroup adds up the same sums of squares in the same order, so all agree on the norm without another
// dispatch: each invocation takes every WORKGROUP_SIZE-th, then the first adds theirs.
// Gradients become g * min(1, CLIP_NORM / (norm + 1e-6)), as in PyTorch.
//! uses step, update
//! reads gradients, squares

fn run(workgroup: u32, lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < SQUARES; i += WORKGROUP_SIZE) { sum += squares[i]; }
  shared4[lane] = vec4f(sum);
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < WORKGROUP_SIZE; i++) { total += shared4[i].x; }
  if (!isFinite4(vec4f(total))) {
    raiseFault(LAYER, FAULT_GRADIENT_NORM);
    return;
  }
  beginUpdate();
  let clip = min(1.0, CLIP_NORM / (sqrt(total) + 1e-6));
  for (var i = 0u; i < VECTORS_PER_ITEM; i++) {
    let vector = (workgroup * VECTORS_PER_ITEM + i) * WORKGROUP_SIZE + lane;
    if (vector < VECTORS) {
      let at = FIRST_VECTOR + vector;
      applyUpdate(at, clip * gradients[at], at < BIAS_OFFSET);
    }
  }
}
