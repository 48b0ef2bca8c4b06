// dX = dZ.Wt, in tiles staged in workgroup memory; handed to the result.
//
// dZ [rows, UNITS] the delta of this layer, W [INPUTS, UNITS], dX [rows, INPUTS].
//! uses product-workgroup
//! reads parameters, activations

fn beginOperands() {}
fn rowsOfC() -> u32 { return batchRows(); }
fn depth4() -> u32 { return UNITS4; }

// Where four rows of dZ begin.
fn leftAt(m4: u32, rows: u32) -> vec4u {
  return DELTA_OFFSET + min(vec4u(4u * m4) + vec4u(0u, 1u, 2u, 3u), vec4u(rows - 1u)) * UNITS4;
}

fn leftBlock(at: vec4u, m4: u32, k4: u32, rows: u32) -> mat4x4f {
  return transpose(mat4x4f(activations[at.x + k4], activations[at.y + k4], activations[at.z + k4],
    activations[at.w + k4]));
}

// Four rows of W are four columns of its transpose.
fn rightBlock(k4: u32, n4: u32) -> mat4x4f {
  let weight = WEIGHT_OFFSET + 4u * n4 * UNITS4 + k4;
  return transpose(mat4x4f(parameters[weight], parameters[weight + UNITS4], parameters[weight + 2u * UNITS4],
    parameters[weight + 3u * UNITS4]));
}
