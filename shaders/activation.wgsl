// Activations and their slopes, four units at a time. tanh and sigmoid come from exp(-|x|), which cannot overflow
// (WGSL's own tanh may give NaN for large arguments).

// 0 relu, 1 leaky ReLU, 2 tanh, 3 sigmoid, 4 GELU (tanh form), 5 linear: ACTIVATION is one of these.
const LEAKY_SLOPE = 0.01f;
const GELU_SCALE = 0.7978845608028654f;  // sqrt(2 / pi)
const GELU_CUBIC = 0.044715f;

fn tanh4(x: vec4f) -> vec4f {
  let e = exp(-2.0 * abs(x));
  return sign(x) * ((1.0 - e) / (1.0 + e));
}

fn sigmoid4(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(e, vec4f(1.0), x >= vec4f(0.0)) / (1.0 + e);
}

// sigmoid'(x) = e / (1 + e)^2 with e = exp(-|x|): a (1 - a) without its cancellation.
fn sigmoidSlope4(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  return e / ((1.0 + e) * (1.0 + e));
}

// GELU's tanh form, z (1 + tanh(u)) / 2, is z sigmoid(2u), which does not cancel for negative z. Beyond +-20 the sigmoid is
// 0 or 1 in float32: u is that of the clamped z, whose cube cannot overflow.
fn geluClamp4(z: vec4f) -> vec4f { return clamp(z, vec4f(-20.0), vec4f(20.0)); }

// 2u, of a clamped z.
fn geluInner4(c: vec4f) -> vec4f { return 2.0 * GELU_SCALE * (c + GELU_CUBIC * c * c * c); }

// a = activation(z)
fn activate4(z: vec4f) -> vec4f {
  switch ACTIVATION {
    case 0u: { return max(z, vec4f(0.0)); }
    case 1u: { return max(z, LEAKY_SLOPE * z); }
    case 2u: { return tanh4(z); }
    case 3u: { return sigmoid4(z); }
    case 4u: { return z * sigmoid4(geluInner4(geluClamp4(z))); }
    default: { return z; }
  }
}

// da/dz. ReLU's slope at its kink is 0, as in PyTorch.
fn slope4(z: vec4f) -> vec4f {
  switch ACTIVATION {
    case 0u: { return select(vec4f(0.0), vec4f(1.0), z > vec4f(0.0)); }
    case 1u: { return select(vec4f(LEAKY_SLOPE), vec4f(1.0), z > vec4f(0.0)); }
    case 2u: { return 4.0 * sigmoidSlope4(2.0 * z); }
    case 3u: { return sigmoidSlope4(z); }
    case 4u: {
      let c = geluClamp4(z);
      let v = geluInner4(c);
      let innerSlope = 2.0 * GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * c * c);
      return sigmoid4(v) + c * sigmoidSlope4(v) * innerSlope;
    }
    default: { return vec4f(1.0); }
  }
}
