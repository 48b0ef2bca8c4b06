// X.W for a hidden layer, in tiles that the invocations of a subgroup share; handed to the result.
//
// X [rows, INPUTS] from the source, W [INPUTS, UNITS]. The lanes of a subgroup stand side by side: each owns TILE_ROWS x
// TILE_UNITS sums of the same rows. What they share, the inputs, each loads and converts a part of and hands round.
// Software adapters load each lane by itself, so a value that is loaded once instead of four times counts.
//! uses step, source, result
//! reads parameters

const TILE_UNITS4 = TILE_UNITS / 4u;
// Rows whose inputs a lane loads for all.
const SLOTS = TILE_ROWS / SUBGROUP_SIZE;

fn run(workgroup: u32, lane: u32) {
  let tile = workgroup * (WORKGROUP_SIZE / SUBGROUP_SIZE) + subgroupIndex;
  let firstTileRow = (tile / TILES_ACROSS) * TILE_ROWS;
  let firstUnit4 = ((tile % TILES_ACROSS) * SUBGROUP_SIZE + subgroupLane) * TILE_UNITS4;
  let rows = batchRows();
  if (firstTileRow >= rows) { return; }
  beginSource();
  beginResult(0u);

  // Rows past the batch repeat its last one and are not stored; nor are units past the last.
  //! registers
  var x = array<u32, SLOTS>();
  //! unroll
  for (var s = 0u; s < SLOTS; s++) {
    x[s] = sourceRow(min(firstTileRow + s * SUBGROUP_SIZE + subgroupLane, rows - 1u));
  }
  //! registers
  var sum = array<vec4f, TILE_ROWS * TILE_UNITS4>();
  //! registers
  var stored = array<Stored4, SLOTS>();
  //! registers
  var own = array<vec4f, SLOTS>();
  //! registers
  var w = array<vec4f, 4 * TILE_UNITS4>();
  var k4 = 0u;
  loop {
    // Step over inputs that are 0 in every row of the tile.
    for (; k4 < INPUTS4; k4++) {
      var bits = 0u;
      //! unroll
      for (var s = 0u; s < SLOTS; s++) {
        stored[s] = stored4(x[s], k4);
        bits |= bits4(stored[s]);
      }
      if (!STEP_OVER_ZEROS || subgroupAny(bits != 0u)) { break; }
    }
    if (k4 >= INPUTS4) { break; }

    //! unroll
    for (var s = 0u; s < SLOTS; s++) {
      own[s] = inputs4(stored[s]);
    }
    //! unroll
    for (var j = 0u; j < TILE_UNITS4; j++) {
      let weight = WEIGHT_OFFSET + 4u * k4 * UNITS4 + min(firstUnit4 + j, UNITS4 - 1u);
      //! unroll
      for (var q = 0u; q < 4u; q++) {
        w[q * TILE_UNITS4 + j] = parameters[weight + q * UNITS4];
      }
    }
    //! unroll
    for (var s = 0u; s < SLOTS; s++) {
      //! unroll
      for (var l = 0u; l < SUBGROUP_SIZE; l++) {
        let inputs = subgroupBroadcast(own[s], l);
        //! unroll
        for (var j = 0u; j < TILE_UNITS4; j++) {
          sum[(s * SUBGROUP_SIZE + l) * TILE_UNITS4 + j] = sum[(s * SUBGROUP_SIZE + l) * TILE_UNITS4 + j]
            + inputs.x * w[j] + inputs.y * w[TILE_UNITS4 + j]
            + inputs.z * w[2 * TILE_UNITS4 + j] + inputs.w * w[3 * TILE_UNITS4 + j];
        }
      }
    }
    k4++;
  }

  // The rest is done once per sum: as a loop, which keeps the expanded text short.
  var tileSums = array<vec4f, TILE_ROWS * TILE_UNITS4>();
  //! unroll
  for (var i = 0u; i < TILE_ROWS * TILE_UNITS4; i++) {
    tileSums[i] = sum[i];
  }
  for (var i = 0u; i < TILE_ROWS; i++) {
    for (var j = 0u; j < TILE_UNITS4; j++) {
      if (firstTileRow + i < rows && firstUnit4 + j < UNITS4) {
        storeResult(firstTileRow + i, firstUnit4 + j, tileSums[i * TILE_UNITS4 + j]);
      }
    }
  }
  endResult(tile * SUBGROUP_SIZE + subgroupLane);
}
