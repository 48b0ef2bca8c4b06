// dW = Xt.dZ, in tiles staged in workgroup memory; handed to the result.
//
// X [rows, INPUTS] from the source, dZ [rows, UNITS] (already divided by the rows of the batch), dW [INPUTS, UNITS].
//! uses source, product-workgroup
//! reads activations

var<private> lastRow: u32;

fn beginOperands() {
  beginSource();
  lastRow = batchRows() - 1u;
}

fn rowsOfC() -> u32 { return INPUTS; }
fn depth4() -> u32 { return (batchRows() + 3u) / 4u; }

// The rows of X change with K: there is nothing to keep.
fn leftAt(m4: u32, rows: u32) -> vec4u { return vec4u(0u); }

// Rows past the batch count as 0.
fn leftBlock(at: vec4u, m4: u32, k4: u32, rows: u32) -> mat4x4f {
  var block = mat4x4f();
  for (var q = 0u; q < 4u; q++) {
    if (4u * k4 + q <= lastRow) { block[q] = inputs4(stored4(sourceRow(4u * k4 + q), m4)); }
  }
  return block;
}

fn rightBlock(k4: u32, n4: u32) -> mat4x4f {
  var block = mat4x4f();
  for (var q = 0u; q < 4u; q++) {
    block[q] = activations[DELTA_OFFSET + min(4u * k4 + q, lastRow) * UNITS4 + n4];
  }
  return block;
}
