// What becomes of a hidden layer's products: bias, activation and dropout; and, where there is a backward pass, the slope
// dA/dZ, kept where the layer's delta will be. With TRACE z itself is kept, too, for the tracer.
//! uses step, activation, dropout
//! reads parameters
//! writes activations

// Four units of a row. The units that pad the last four stay 0 in every tensor.
fn finishHidden4(row: u32, unit4: u32, product: vec4f) -> vec4f {
  let z = product + parameters[HIDDEN_BIAS_OFFSET + unit4];
  if (!isFinite4(z)) { raiseFault(HIDDEN_LAYER, FAULT_Z); }
  if (TRACE) { activations[HIDDEN_Z_OFFSET + row * HIDDEN_UNITS4 + unit4] = z; }
  let kept = dropout4(row, unit4);
  let real = select(vec4f(0.0), vec4f(1.0), vec4u(4u * unit4) + vec4u(0u, 1u, 2u, 3u) < vec4u(HIDDEN_UNITS));
  let a = activate4(z) * kept * real;
  activations[HIDDEN_OFFSET + row * HIDDEN_UNITS4 + unit4] = a;
  if (BACKWARD) {
    activations[HIDDEN_SLOPE_OFFSET + row * HIDDEN_UNITS4 + unit4] = slope4(z) * kept * real;
  }
  return a;
}
