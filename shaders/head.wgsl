// The output layer and everything that happens row by row around it: logits Z = X.W + b, softmax, cross-entropy,
// the output delta (p - t) / rows, and the delta of the layer below.
//
// X [rows, INPUTS] from the source, W [INPUTS, CLASSES], b [CLASSES]. Each invocation owns TILE_ROWS whole rows, so
// nothing has to be shared; what is too large for registers waits in `activations`.
//! uses step, rows, source, softmax-cross-entropy
//! reads parameters
//! writes activations, results

// Classes are taken GROUP4 vectors of four at a time.
const GROUPS = (CLASSES4 + GROUP4 - 1u) / GROUP4;
fn run(workgroup: u32, lane: u32) {
  let rows = batchRows();
  let firstTileRow = (workgroup * WORKGROUP_SIZE + lane) * TILE_ROWS;
  if (firstTileRow >= rows) { return; }
  beginRows();
  beginSource();
  writeLogits(firstTileRow, rows);
  for (var row = firstTileRow; row < min(firstTileRow + TILE_ROWS, rows); row++) {
    finishRow(row);
  }
  if (BACKWARD && HIDDEN_BELOW) { writeDeltaBelow(firstTileRow, rows); }
}

fn writeLogits(firstTileRow: u32, rows: u32) {
  //! registers
  var x = array<u32, TILE_ROWS>();
  //! unroll
  for (var i = 0u; i < TILE_ROWS; i++) {
    x[i] = sourceRow(min(firstTileRow + i, rows - 1u));
  }
  for (var group = 0u; group < GROUPS; group++) {
    let firstClass4 = group * GROUP4;
    //! registers
    var sum = array<vec4f, TILE_ROWS * GROUP4>();
    //! registers
    var w = array<vec4f, 4 * GROUP4>();
    var weight = WEIGHT_OFFSET + firstClass4;
    for (var k4 = 0u; k4 < INPUTS4; k4++) {
      //! unroll
      for (var q = 0u; q < 4u; q++) {
        //! unroll
        for (var j = 0u; j < GROUP4; j++) {
          w[q * GROUP4 + j] = parameters[weight + q * CLASSES4 + j];
        }
      }
      weight += 4u * CLASSES4;
      //! unroll
      for (var i = 0u; i < TILE_ROWS; i++) {
        let inputs = inputs4(stored4(x[i], k4));
        //! unroll
        for (var j = 0u; j < GROUP4; j++) {
          //! unroll
          for (var q = 0u; q < 4u; q++) {
            sum[i * GROUP4 + j] += inputs[q] * w[q * GROUP4 + j];
          }
        }
      }
    }
    //! unroll
    for (var i = 0u; i < TILE_ROWS; i++) {
      //! unroll
      for (var j = 0u; j < GROUP4; j++) {
        if (firstTileRow + i < rows && firstClass4 + j < CLASSES4) {
          let z = sum[i * GROUP4 + j] + parameters[BIAS_OFFSET + firstClass4 + j];
          if (!isFinite4(z)) { raiseFault(LAYER, FAULT_Z); }
          activations[LOGITS_OFFSET + (firstTileRow + i) * CLASSES4 + firstClass4 + j] = z;
        }
      }
    }
  }
}

fn logit4(row: u32, class4: u32) -> vec4f { return activations[LOGITS_OFFSET + row * CLASSES4 + class4]; }

// Loss, counts and delta of one row, from its logits.
fn finishRow(row: u32) {
  let outcome = outcomeOf(row);
  // RESULTS_BY_DATASET_ROW: one result per row of the split; otherwise per row of the batch.
  results[select(row, datasetRow(row), RESULTS_BY_DATASET_ROW)] = resultWords(outcome);
  for (var j = 0u; j < CLASSES4; j++) {
    let p = probability4(row, j, outcome);
    if (STORE_PROBABILITIES) { activations[PROBABILITIES_OFFSET + row * CLASSES4 + j] = p; }
    if (BACKWARD) { activations[DELTA_OFFSET + row * CLASSES4 + j] = outputDelta4(j, p, outcome.label); }
  }
}

// dX = dZ.Wt, times the slope that the layer below has left where its delta belongs.
fn writeDeltaBelow(firstTileRow: u32, rows: u32) {
  for (var k4 = 0u; k4 < INPUTS4; k4++) {
    //! registers
    var sum = array<vec4f, TILE_ROWS>();
    for (var j = 0u; j < CLASSES4; j++) {
      let weight = WEIGHT_OFFSET + 4u * k4 * CLASSES4 + j;
      let w0 = parameters[weight];
      let w1 = parameters[weight + CLASSES4];
      let w2 = parameters[weight + 2u * CLASSES4];
      let w3 = parameters[weight + 3u * CLASSES4];
      //! unroll
      for (var i = 0u; i < TILE_ROWS; i++) {
        let delta = activations[DELTA_OFFSET + min(firstTileRow + i, rows - 1u) * CLASSES4 + j];
        sum[i] += vec4f(dot(delta, w0), dot(delta, w1), dot(delta, w2), dot(delta, w3));
      }
    }
    //! unroll
    for (var i = 0u; i < TILE_ROWS; i++) {
      if (firstTileRow + i < rows) {
        let below = DELTA_BELOW_OFFSET + (firstTileRow + i) * INPUTS4 + k4;
        activations[below] = activations[below] * sum[i];
      }
    }
  }
}
