// What a gradient kernel does with its sums: the optimiser's update, at once.
//! uses update

fn beginEpilogue() { beginUpdate(); }
fn finishWeight(at: u32, gradient: vec4f) { applyUpdate(at, gradient, true); }
fn finishBias(at: u32, gradient: vec4f) { applyUpdate(at, gradient, false); }
fn endEpilogue(item: u32) {}
