// The output layer and everything that happens row by row around it: logits Z = X.W + b, softmax, cross-entropy,
// the output delta (p - t) / rows, and the delta of the layer below.
//
// X [rows, INPUTS] from the source, W [INPUTS, CLASSES], b [CLASSES]. Each invocation owns TILE_ROWS whole rows, so
// nothing has to be shared; what is too large for registers waits in `activations`.
//! uses step, rows, source
//! reads parameters, labels
//! writes activations, results

// Classes are taken GROUP4 vectors of four at a time.
const GROUPS = (CLASSES4 + GROUP4 - 1u) / GROUP4;
// Smaller than every logit that can occur, and its exponential is 0.
const LOWEST = -3.0e38f;

fn run(workgroup: u32, lane: u32) {
  let rows = batchRows();
  let firstTileRow = (workgroup * WORKGROUP_SIZE + lane) * TILE_ROWS;
  if (firstTileRow >= rows) { return; }
  writeLogits(firstTileRow, rows);
  for (var row = firstTileRow; row < min(firstTileRow + TILE_ROWS, rows); row++) {
    softmaxCrossEntropy(row, rows);
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
        let inputs = source4(x[i], k4);
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

// Which of four classes exist.
fn isClass4(class4: u32) -> vec4<bool> {
  return vec4u(4u * class4) + vec4u(0u, 1u, 2u, 3u) < vec4u(CLASSES);
}

// Loss, counts and deltas of one row, from its logits.
fn softmaxCrossEntropy(row: u32, rows: u32) {
  let logits = LOGITS_OFFSET + row * CLASSES4;
  let dataRow = datasetRow(row);
  let label = (labels[dataRow / 4u] >> (8u * (dataRow % 4u))) & 255u;
  let truth = activations[logits + label / 4u][label % 4u];

  // The largest logit and how many classes come before the true one; ties go to the smaller class.
  var largest = LOWEST;
  var predicted = 0u;
  var rank = 0u;
  for (var c = 0u; c < CLASSES; c++) {
    let z = activations[logits + c / 4u][c % 4u];
    if (z > largest) {
      largest = z;
      predicted = c;
    }
    if (z > truth || (z == truth && c < label)) { rank++; }
  }

  var exponentials = 0.0;
  var shifted = 0.0;  // sum of z - largest, for label smoothing
  for (var j = 0u; j < CLASSES4; j++) {
    let z = select(vec4f(LOWEST), activations[logits + j] - largest, isClass4(j));
    exponentials += dot(exp(z), vec4f(1.0));
    shifted += dot(select(vec4f(0.0), z, isClass4(j)), vec4f(1.0));
  }
  // -sum t log p with t = (1 - e) y + e / C and log p = z - largest - log(sum)
  let uniform_ = SMOOTHING / f32(CLASSES);
  let loss = log(exponentials) - (1.0 - SMOOTHING) * (truth - largest) - uniform_ * shifted;
  if (!isFinite4(vec4f(loss))) { raiseFault(LAYER, FAULT_LOSS); }
  // RESULTS_BY_DATASET_ROW: one result per row of the split; otherwise per row of the batch.
  results[select(row, dataRow, RESULTS_BY_DATASET_ROW)] =
    vec4u(bitcast<u32>(loss), predicted, rank, u32(predicted == label));

  for (var j = 0u; j < CLASSES4; j++) {
    let z = select(vec4f(LOWEST), activations[logits + j] - largest, isClass4(j));
    let p = exp(z) / exponentials;
    if (STORE_PROBABILITIES) { activations[PROBABILITIES_OFFSET + row * CLASSES4 + j] = p; }
    if (BACKWARD) {
      let isTruth = vec4u(4u * j) + vec4u(0u, 1u, 2u, 3u) == vec4u(label);
      let t = select(vec4f(0.0), vec4f(uniform_), isClass4(j)) + select(vec4f(0.0), vec4f(1.0 - SMOOTHING), isTruth);
      activations[DELTA_OFFSET + row * CLASSES4 + j] = (p - t) * rowShare();
    }
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
