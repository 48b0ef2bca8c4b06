// dW = Xt.dZ, in register tiles, handed to the result.
//
// X [rows, INPUTS] from the source, dZ [rows, UNITS] (already divided by the rows of the batch), dW [INPUTS, UNITS].
// Each invocation owns TILE_INPUTS x TILE_UNITS sums and walks along K = rows.
//! uses step, source, result
//! reads activations

const TILE_INPUTS4 = TILE_INPUTS / 4u;
const TILE_UNITS4 = TILE_UNITS / 4u;

fn run(workgroup: u32, lane: u32) {
  let item = workgroup * WORKGROUP_SIZE + lane;
  let firstInput4 = (item / TILES_ACROSS) * TILE_INPUTS4;
  let firstUnit4 = (item % TILES_ACROSS) * TILE_UNITS4;
  if (firstInput4 >= INPUTS4) { return; }
  beginSource();
  beginResult(0u);

  //! registers
  var sum = array<vec4f, TILE_INPUTS * TILE_UNITS4>();
  //! registers
  var stored = array<Stored4, TILE_INPUTS4>();
  //! registers
  var dz = array<vec4f, TILE_UNITS4>();
  let rows = batchRows();
  var r = 0u;
  loop {
    // Step over rows whose inputs to this tile are all 0.
    for (; r < rows; r++) {
      let x = sourceRow(r) + firstInput4;
      var bits = 0u;
      //! unroll
      for (var i4 = 0u; i4 < TILE_INPUTS4; i4++) {
        stored[i4] = stored4(x, i4);
        bits |= bits4(stored[i4]);
      }
      if (!STEP_OVER_ZEROS || bits != 0u) { break; }
    }
    if (r >= rows) { break; }

    //! unroll
    for (var j = 0u; j < TILE_UNITS4; j++) {
      dz[j] = activations[DELTA_OFFSET + r * UNITS4 + firstUnit4 + j];
    }
    //! unroll
    for (var i4 = 0u; i4 < TILE_INPUTS4; i4++) {
      let inputs = inputs4(stored[i4]);
      //! unroll
      for (var q = 0u; q < 4u; q++) {
        //! unroll
        for (var j = 0u; j < TILE_UNITS4; j++) {
          sum[(i4 * 4 + q) * TILE_UNITS4 + j] += inputs[q] * dz[j];
        }
      }
    }
    r++;
  }

  // The rest is done once per sum: as a loop, which keeps the expanded text short.
  var tile = array<vec4f, TILE_INPUTS * TILE_UNITS4>();
  //! unroll
  for (var i = 0u; i < TILE_INPUTS * TILE_UNITS4; i++) {
    tile[i] = sum[i];
  }
  for (var i = 0u; i < TILE_INPUTS; i++) {
    for (var j = 0u; j < TILE_UNITS4; j++) {
      if (4u * firstInput4 + i < INPUTS && firstUnit4 + j < UNITS4) {
        storeResult(4u * firstInput4 + i, firstUnit4 + j, tile[i * TILE_UNITS4 + j]);
      }
    }
  }
  endResult(item);
}
