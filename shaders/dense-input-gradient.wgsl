// dX = dZ.Wt, in register tiles, handed to the result.
//
// dZ [rows, UNITS] the delta of this layer, W [INPUTS, UNITS], dX [rows, INPUTS]. Each invocation owns TILE_ROWS x TILE_INPUTS sums and walks along K = UNITS four at a time.
//! uses step, result
//! reads parameters, activations

const TILE_INPUTS4 = TILE_INPUTS / 4u;

fn run(workgroup: u32, lane: u32) {
  let item = workgroup * WORKGROUP_SIZE + lane;
  let rows = batchRows();
  let firstTileRow = (item / TILES_ACROSS) * TILE_ROWS;
  let firstInput4 = (item % TILES_ACROSS) * TILE_INPUTS4;
  if (firstTileRow >= rows) { return; }
  beginResult(0u);

  //! registers
  var delta = array<u32, TILE_ROWS>();
  //! unroll
  for (var i = 0u; i < TILE_ROWS; i++) {
    delta[i] = DELTA_OFFSET + min(firstTileRow + i, rows - 1u) * UNITS4;
  }
  //! registers
  var sum = array<vec4f, TILE_ROWS * TILE_INPUTS4>();
  //! registers
  var dz = array<vec4f, TILE_ROWS>();
  for (var k4 = 0u; k4 < UNITS4; k4++) {
    //! unroll
    for (var i = 0u; i < TILE_ROWS; i++) {
      dz[i] = activations[delta[i] + k4];
    }
    //! unroll
    for (var j = 0u; j < TILE_INPUTS4; j++) {
      let weight = WEIGHT_OFFSET + 4u * (firstInput4 + j) * UNITS4 + k4;
      let w0 = parameters[weight];
      let w1 = parameters[weight + UNITS4];
      let w2 = parameters[weight + 2u * UNITS4];
      let w3 = parameters[weight + 3u * UNITS4];
      //! unroll
      for (var i = 0u; i < TILE_ROWS; i++) {
        sum[i * TILE_INPUTS4 + j] += vec4f(dot(dz[i], w0), dot(dz[i], w1), dot(dz[i], w2), dot(dz[i], w3));
      }
    }
  }
  var tile = array<vec4f, TILE_ROWS * TILE_INPUTS4>();
  //! unroll
  for (var i = 0u; i < TILE_ROWS * TILE_INPUTS4; i++) {
    tile[i] = sum[i];
  }
  for (var i = 0u; i < TILE_ROWS; i++) {
    for (var j = 0u; j < TILE_INPUTS4; j++) {
      if (firstTileRow + i < rows && firstInput4 + j < INPUTS4) {
        storeResult(firstTileRow + i, firstInput4 + j, tile[i * TILE_INPUTS4 + j]);
      }
    }
  }
  endResult(item);
}
