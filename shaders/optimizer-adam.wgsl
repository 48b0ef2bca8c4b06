// Adam: m = b1 m + (1 - b1) g
//       v = b2 v + (1 - b2) g^2
//       w -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
// adamw multiplies a weight by 1 - lr * decay first. PyTorch's formulas; what depends on t, counted from 1, comes from
// the schedule, computed in float64.
//! uses step
//! writes firstMoment, secondMoment

// The step's numbers are looked up once per invocation, not once per parameter.
var<private> rate: f32;
var<private> momentScale: f32;
var<private> decay: f32;

fn beginUpdate() {
  rate = stepSize();
  momentScale = secondMomentScale();
  decay = weightScale();
}

fn updatedParameter(at: u32, old: vec4f, g: vec4f, isWeight: bool) -> vec4f {
  let m = BETA1 * firstMoment[at] + ONE_MINUS_BETA1 * g;
  let v = BETA2 * secondMoment[at] + ONE_MINUS_BETA2 * g * g;
  if (isFinite4(m) && isFinite4(v)) {
    firstMoment[at] = m;
    secondMoment[at] = v;
  } else {
    raiseFault(LAYER, FAULT_MOMENT);
  }
  let decayed = select(old, old * decay, DECOUPLED_DECAY && isWeight);
  return decayed - rate * m / (sqrt(v) / momentScale + EPSILON);
}
