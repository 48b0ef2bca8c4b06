// One parameter update, four at a time, whatever the optimiser. Nothing that is not finite is ever stored.
//! uses step, optimizer
//! writes parameters

fn applyUpdate(at: u32, gradient: vec4f, isWeight: bool) {
  if (!isFinite4(gradient)) {
    raiseFault(LAYER, select(FAULT_BIAS_GRADIENT, FAULT_WEIGHT_GRADIENT, isWeight));
    return;
  }
  let old = parameters[at];
  // L2 decay is part of the gradient; weights only.
  let g = gradient + select(0.0, L2_DECAY, isWeight) * old;
  let next = updatedParameter(at, old, g, isWeight);
  if (isFinite4(next)) {
    parameters[at] = next;
  } else {
    raiseFault(LAYER, select(FAULT_BIAS, FAULT_WEIGHT, isWeight));
  }
}
