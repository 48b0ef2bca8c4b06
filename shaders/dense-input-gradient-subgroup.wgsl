// dX = dZ.Wt, in tiles that the invocations of a subgroup share; handed to the result.
//
// dZ [rows, UNITS] the delta of this layer, W [INPUTS, UNITS], dX [rows, INPUTS]. The lanes of a subgroup stand side by
// side: each owns TILE_ROWS x TILE_INPUTS sums of the same rows, and loads a part of their deltas for all.
//! uses step, result
//! reads parameters, activations

const TILE_INPUTS4 = TILE_INPUTS / 4u;
// Rows whose deltas a lane loads for all.
const SLOTS = TILE_ROWS / SUBGROUP_SIZE;

fn run(workgroup: u32, lane: u32) {
  let tile = workgroup * (WORKGROUP_SIZE / SUBGROUP_SIZE) + subgroupIndex;
  let firstTileRow = (tile / TILES_ACROSS) * TILE_ROWS;
  let firstInput4 = ((tile % TILES_ACROSS) * SUBGROUP_SIZE + subgroupLane) * TILE_INPUTS4;
  let rows = batchRows();
  if (firstTileRow >= rows) { return; }
  beginResult(0u);

  //! registers
  var delta = array<u32, SLOTS>();
  //! unroll
  for (var s = 0u; s < SLOTS; s++) {
    delta[s] = DELTA_OFFSET + min(firstTileRow + s * SUBGROUP_SIZE + subgroupLane, rows - 1u) * UNITS4;
  }
  //! registers
  var sum = array<vec4f, TILE_ROWS * TILE_INPUTS4>();
  //! registers
  var own = array<vec4f, SLOTS>();
  //! registers
  var w = array<vec4f, 4 * TILE_INPUTS4>();
  for (var k4 = 0u; k4 < UNITS4; k4++) {
    //! unroll
    for (var s = 0u; s < SLOTS; s++) {
      own[s] = activations[delta[s] + k4];
    }
    //! unroll
    for (var j = 0u; j < TILE_INPUTS4; j++) {
      let weight = WEIGHT_OFFSET + 4u * min(firstInput4 + j, INPUTS4 - 1u) * UNITS4 + k4;
      //! unroll
      for (var q = 0u; q < 4u; q++) {
        w[4 * j + q] = parameters[weight + q * UNITS4];
      }
    }
    //! unroll
    for (var s = 0u; s < SLOTS; s++) {
      //! unroll
      for (var l = 0u; l < SUBGROUP_SIZE; l++) {
        let dz = subgroupBroadcast(own[s], l);
        //! unroll
        for (var j = 0u; j < TILE_INPUTS4; j++) {
          sum[(s * SUBGROUP_SIZE + l) * TILE_INPUTS4 + j] +=
            vec4f(dot(dz, w[4 * j]), dot(dz, w[4 * j + 1]), dot(dz, w[4 * j + 2]), dot(dz, w[4 * j + 3]));
        }
      }
    }
  }

  var tileSums = array<vec4f, TILE_ROWS * TILE_INPUTS4>();
  //! unroll
  for (var i = 0u; i < TILE_ROWS * TILE_INPUTS4; i++) {
    tileSums[i] = sum[i];
  }
  for (var i = 0u; i < TILE_ROWS; i++) {
    for (var j = 0u; j < TILE_INPUTS4; j++) {
      if (firstTileRow + i < rows && firstInput4 + j < INPUTS4) {
        storeResult(firstTileRow + i, firstInput4 + j, tileSums[i * TILE_INPUTS4 + j]);
      }
    }
  }
  endResult(tile * SUBGROUP_SIZE + subgroupLane);
}
