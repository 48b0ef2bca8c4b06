// dW = Xt.dZ, in tiles that the invocations of a subgroup share; handed to the result.
//
// X [rows, INPUTS] from the source, dZ [rows, UNITS] (already divided by the rows of the batch), dW [INPUTS, UNITS]. The
// lanes of a subgroup stand side by side: each owns TILE_INPUTS x TILE_UNITS sums of the same inputs, and loads and
// converts a part of those for all.
//! uses step, source, result
//! reads activations

const TILE_INPUTS4 = TILE_INPUTS / 4u;
const TILE_UNITS4 = TILE_UNITS / 4u;
// Vectors of four inputs that a lane loads for all; the last may be another lane's, too.
const SLOTS = (TILE_INPUTS4 + SUBGROUP_SIZE - 1u) / SUBGROUP_SIZE;

fn run(workgroup: u32, lane: u32) {
  let tile = workgroup * (WORKGROUP_SIZE / SUBGROUP_SIZE) + subgroupIndex;
  let firstInput4 = (tile / TILES_ACROSS) * TILE_INPUTS4;
  let firstUnit4 = ((tile % TILES_ACROSS) * SUBGROUP_SIZE + subgroupLane) * TILE_UNITS4;
  if (firstInput4 >= INPUTS4) { return; }
  let rows = batchRows();
  beginSource();
  beginResult(0u);

  // Inputs past the last repeat it and are not stored; nor are units past the last.
  //! registers
  var x = array<u32, SLOTS>();
  //! unroll
  for (var s = 0u; s < SLOTS; s++) {
    x[s] = min(firstInput4 + min(s * SUBGROUP_SIZE + subgroupLane, TILE_INPUTS4 - 1u), INPUTS4 - 1u);
  }
  //! registers
  var sum = array<vec4f, TILE_INPUTS * TILE_UNITS4>();
  //! registers
  var stored = array<Stored4, SLOTS>();
  //! registers
  var own = array<vec4f, SLOTS>();
  //! registers
  var dz = array<vec4f, TILE_UNITS4>();
  var r = 0u;
  loop {
    // Step over rows whose inputs to this tile are all 0.
    for (; r < rows; r++) {
      let row = sourceRow(r);
      var bits = 0u;
      //! unroll
      for (var s = 0u; s < SLOTS; s++) {
        stored[s] = stored4(row, x[s]);
        bits |= bits4(stored[s]);
      }
      if (!STEP_OVER_ZEROS || subgroupAny(bits != 0u)) { break; }
    }
    if (r >= rows) { break; }

    //! unroll
    for (var s = 0u; s < SLOTS; s++) {
      own[s] = inputs4(stored[s]);
    }
    //! unroll
    for (var j = 0u; j < TILE_UNITS4; j++) {
      dz[j] = activations[DELTA_OFFSET + r * UNITS4 + min(firstUnit4 + j, UNITS4 - 1u)];
    }
    //! unroll
    for (var i4 = 0u; i4 < TILE_INPUTS4; i4++) {
      let inputs = subgroupBroadcast(own[i4 / SUBGROUP_SIZE], i4 % SUBGROUP_SIZE);
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

  var tileSums = array<vec4f, TILE_INPUTS * TILE_UNITS4>();
  //! unroll
  for (var i = 0u; i < TILE_INPUTS * TILE_UNITS4; i++) {
    tileSums[i] = sum[i];
  }
  for (var i = 0u; i < TILE_INPUTS; i++) {
    for (var j = 0u; j < TILE_UNITS4; j++) {
      if (4u * firstInput4 + i < INPUTS && firstUnit4 + j < UNITS4) {
        storeResult(4u * firstInput4 + i, firstUnit4 + j, tileSums[i * TILE_UNITS4 + j]);
      }
    }
  }
  endResult(tile * SUBGROUP_SIZE + subgroupLane);
}
