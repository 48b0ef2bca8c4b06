// X.W for a hidden layer, in register tiles; what becomes of the sums is the result's business.
//
// X [rows, INPUTS] from the source, W [INPUTS, UNITS]. Each invocation owns TILE_ROWS x TILE_UNITS sums and walks along
// its part of K, PART4 times four inputs. No barriers and no workgroup memory: software adapters pay dearly for both.
//! uses step, source, result
//! reads parameters

const TILE_UNITS4 = TILE_UNITS / 4u;

fn run(workgroup: u32, lane: u32) {
  let item = workgroup * WORKGROUP_SIZE + lane;
  let part = item / TILES;
  let tile = item % TILES;
  let rows = batchRows();
  let firstTileRow = (tile / TILES_ACROSS) * TILE_ROWS;
  let firstUnit4 = (tile % TILES_ACROSS) * TILE_UNITS4;
  if (firstTileRow >= rows || part >= PARTS) { return; }
  beginSource();
  beginResult(part);

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
  var stored = array<Stored4, TILE_ROWS>();
  //! registers
  var w = array<vec4f, 4 * TILE_UNITS4>();
  let end4 = min((part + 1u) * PART4, INPUTS4);
  var k4 = part * PART4;
  loop {
    // Step over inputs that are 0 in every row of the tile.
    for (; k4 < end4; k4++) {
      var bits = 0u;
      //! unroll
      for (var i = 0u; i < TILE_ROWS; i++) {
        stored[i] = stored4(x[i], k4);
        bits |= bits4(stored[i]);
      }
      if (!STEP_OVER_ZEROS || bits != 0u) { break; }
    }
    if (k4 >= end4) { break; }

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
      let inputs = inputs4(stored[i]);
      //! unroll
      for (var j = 0u; j < TILE_UNITS4; j++) {
        sum[i * TILE_UNITS4 + j] = sum[i * TILE_UNITS4 + j] + inputs.x * w[j] + inputs.y * w[TILE_UNITS4 + j]
          + inputs.z * w[2 * TILE_UNITS4 + j] + inputs.w * w[3 * TILE_UNITS4 + j];
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
  endResult(item);
}
