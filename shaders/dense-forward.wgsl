// Z = X.W + b and A = dropout(activation(Z)) for a hidden layer.
//
// X [rows, INPUTS] from the source, W [INPUTS, UNITS], b [UNITS], A and the slope dA/dZ [rows, UNITS].
// Each invocation owns a register tile of TILE_ROWS x TILE_UNITS sums and walks along K four inputs at a time. No
// barriers and no workgroup memory: software adapters pay dearly for both.
//! uses step, rows, source, activation, dropout
//! reads parameters
//! writes activations

const TILE_UNITS4 = TILE_UNITS / 4u;

fn run(workgroup: u32, lane: u32) {
  let item = workgroup * WORKGROUP_SIZE + lane;
  let rows = batchRows();
  let firstTileRow = (item / TILES_ACROSS) * TILE_ROWS;
  let firstUnit4 = (item % TILES_ACROSS) * TILE_UNITS4;
  if (firstTileRow >= rows) { return; }

  // Rows past the batch repeat its last one and are not stored.
  //! registers
  var x = array<u32, TILE_ROWS>();
  //! unroll
  for (var i = 0u; i < TILE_ROWS; i++) {
    x[i] = sourceRow(min(firstTileRow + i, rows - 1u));
  }

  //! registers
  var sum = array<vec4f, TILE_ROWS * TILE_UNITS4>();
  //! registers
  var w = array<vec4f, 4 * TILE_UNITS4>();
  var k4 = 0u;
  loop {
    // Step over inputs that are 0 in every row of the tile.
    for (; k4 < INPUTS4; k4++) {
      var bits = 0u;
      //! unroll
      for (var i = 0u; i < TILE_ROWS; i++) {
        bits |= bits4(x[i], k4);
      }
      if (bits != 0u) { break; }
    }
    if (k4 >= INPUTS4) { break; }

    let weight = WEIGHT_OFFSET + 4u * k4 * UNITS4 + firstUnit4;
    //! unroll
    for (var q = 0u; q < 4u; q++) {
      //! unroll
      for (var j = 0u; j < TILE_UNITS4; j++) {
        w[q * TILE_UNITS4 + j] = parameters[weight + q * UNITS4 + j];
      }
    }
    //! unroll
    for (var i = 0u; i < TILE_ROWS; i++) {
      let inputs = source4(x[i], k4);
      //! unroll
      for (var j = 0u; j < TILE_UNITS4; j++) {
        //! unroll
        for (var q = 0u; q < 4u; q++) {
          sum[i * TILE_UNITS4 + j] += inputs[q] * w[q * TILE_UNITS4 + j];
        }
      }
    }
    k4++;
  }

  // The rest is done once per sum: as a loop, which keeps the expanded text short.
  var tile = array<vec4f, TILE_ROWS * TILE_UNITS4>();
  //! unroll
  for (var i = 0u; i < TILE_ROWS * TILE_UNITS4; i++) {
    tile[i] = sum[i];
  }
  for (var i = 0u; i < TILE_ROWS; i++) {
    for (var j = 0u; j < TILE_UNITS4; j++) {
      if (firstTileRow + i < rows && firstUnit4 + j < UNITS4) {
        finish(firstTileRow + i, firstUnit4 + j, tile[i * TILE_UNITS4 + j]);
      }
    }
  }
}

// Bias, activation and dropout of four units of a row. The units that pad the last four stay 0 in every tensor.
fn finish(row: u32, unit4: u32, product: vec4f) {
  let z = product + parameters[BIAS_OFFSET + unit4];
  if (!isFinite4(z)) { raiseFault(LAYER, FAULT_Z); }
  let kept = dropout4(row, unit4);
  let real = select(vec4f(0.0), vec4f(1.0), vec4u(4u * unit4) + vec4u(0u, 1u, 2u, 3u) < vec4u(UNITS));
  activations[ACTIVATION_OFFSET + row * UNITS4 + unit4] = activate4(z) * kept * real;
  if (BACKWARD) {
    activations[DELTA_OFFSET + row * UNITS4 + unit4] = slope4(z) * kept * real;
  }
}
