// Momentum:      u = mu u + g      w -= lr u
// With Nesterov: u = mu u + g      w -= lr (g + mu u)
// As PyTorch has them (no dampening).
//! uses step
//! writes firstMoment

// The step's numbers are looked up once per invocation, not once per parameter.
var<private> rate: f32;

fn beginUpdate() { rate = learningRate(); }

fn updatedParameter(at: u32, old: vec4f, g: vec4f, isWeight: bool) -> vec4f {
  let velocity = MOMENTUM * firstMoment[at] + g;
  if (isFinite4(velocity)) { firstMoment[at] = velocity; } else { raiseFault(LAYER, FAULT_MOMENT); }
  if (NESTEROV) { return old - rate * (g + MOMENTUM * velocity); }
  return old - rate * velocity;
}
