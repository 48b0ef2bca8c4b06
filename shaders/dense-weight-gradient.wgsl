// dW = Xt.dZ, handed to the epilogue: the optimiser's update, or storing it.
//
// X [rows, INPUTS] from the source, dZ [rows, UNITS] (already divided by the rows of the batch), dW [INPUTS, UNITS].
// Each invocation owns TILE_INPUTS x TILE_UNITS sums and walks along K = rows.
//! uses step, source, epilogue
//! reads activations

const TILE_INPUTS4 = TILE_INPUTS / 4u;
const TILE_UNITS4 = TILE_UNITS / 4u;

// The first row from `first` on whose inputs to this tile are not all 0; `rows` where there is none.
fn nextRow(first: u32, rows: u32, firstInput4: u32) -> u32 {
  var r = first;
  for (; r < rows; r++) {
    let x = sourceRow(r) + firstInput4;
    var bits = 0u;
    //! unroll
    for (var i4 = 0u; i4 < TILE_INPUTS4; i4++) {
      bits |= bits4(x, i4);
    }
    if (bits != 0u) { break; }
  }
  return r;
}

fn run(workgroup: u32, lane: u32) {
  let item = workgroup * WORKGROUP_SIZE + lane;
  let firstInput4 = (item / TILES_ACROSS) * TILE_INPUTS4;
  let firstUnit4 = (item % TILES_ACROSS) * TILE_UNITS4;
  if (firstInput4 >= INPUTS4) { return; }

  //! registers
  var sum = array<vec4f, TILE_INPUTS * TILE_UNITS4>();
  //! registers
  var dz = array<vec4f, TILE_UNITS4>();
  let rows = batchRows();
  for (var r = nextRow(0u, rows, firstInput4); r < rows; r = nextRow(r + 1u, rows, firstInput4)) {
    let x = sourceRow(r) + firstInput4;
    //! unroll
    for (var j = 0u; j < TILE_UNITS4; j++) {
      dz[j] = activations[DELTA_OFFSET + r * UNITS4 + firstUnit4 + j];
    }
    //! unroll
    for (var i4 = 0u; i4 < TILE_INPUTS4; i4++) {
      let inputs = source4(x, i4);
      //! unroll
      for (var q = 0u; q < 4u; q++) {
        //! unroll
        for (var j = 0u; j < TILE_UNITS4; j++) {
          sum[(i4 * 4 + q) * TILE_UNITS4 + j] += inputs[q] * dz[j];
        }
      }
    }
  }

  // The rest is done once per sum: as a loop, which keeps the expanded text short.
  var tile = array<vec4f, TILE_INPUTS * TILE_UNITS4>();
  //! unroll
  for (var i = 0u; i < TILE_INPUTS * TILE_UNITS4; i++) {
    tile[i] = sum[i];
  }
  beginEpilogue();
  for (var i = 0u; i < TILE_INPUTS; i++) {
    for (var j = 0u; j < TILE_UNITS4; j++) {
      if (4u * firstInput4 + i < INPUTS && firstUnit4 + j < UNITS4) {
        finishWeight(WEIGHT_OFFSET + (4u * firstInput4 + i) * UNITS4 + firstUnit4 + j, tile[i * TILE_UNITS4 + j]);
      }
    }
  }
  endEpilogue(item);
}
