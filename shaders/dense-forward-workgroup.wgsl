// X.W for a hidden layer, in tiles staged in workgroup memory; handed to the result.
//
// X [rows, INPUTS] from the source, W [INPUTS, UNITS].
//! uses source, product-workgroup
//! reads parameters

fn beginOperands() { beginSource(); }
fn rowsOfC() -> u32 { return batchRows(); }
fn depth4() -> u32 { return INPUTS4; }

// Where four rows of X begin.
fn leftAt(m4: u32, rows: u32) -> vec4u {
  let last = rows - 1u;
  return vec4u(sourceRow(4u * m4), sourceRow(min(4u * m4 + 1u, last)), sourceRow(min(4u * m4 + 2u, last)),
    sourceRow(min(4u * m4 + 3u, last)));
}

fn leftBlock(at: vec4u, m4: u32, k4: u32, rows: u32) -> mat4x4f {
  return transpose(mat4x4f(inputs4(stored4(at.x, k4)), inputs4(stored4(at.y, k4)), inputs4(stored4(at.z, k4)),
    inputs4(stored4(at.w, k4))));
}

fn rightBlock(k4: u32, n4: u32) -> mat4x4f {
  let weight = WEIGHT_OFFSET + 4u * k4 * UNITS4 + n4;
  return mat4x4f(parameters[weight], parameters[weight + UNITS4], parameters[weight + 2u * UNITS4],
    parameters[weight + 3u * UNITS4]);
}
