// The head with a workgroup for every row: logits Z = X.W + b, softmax, cross-entropy, the output delta (p - t) / rows, and
// the delta of the layer below.
//
// X [rows, INPUTS] from the source, W [INPUTS, CLASSES], b [CLASSES]. The invocations share the inputs of the row among
// them, first for their parts of the logits, which are added up in workgroup memory, then for the delta below.
//! uses step, rows, source, softmax-cross-entropy
//! reads parameters
//! writes activations, results

// Classes are taken GROUP4 vectors of four at a time.
const GROUPS = (CLASSES4 + GROUP4 - 1u) / GROUP4;

// In workgroup memory: parts of the logits of a group, then all logits, then their deltas.
const LOGITS_AT = GROUP4 * WORKGROUP_SIZE;
const DELTAS_AT = LOGITS_AT + CLASSES4;

var<workgroup> sharedRows: u32;

fn run(row: u32, lane: u32) {
  if (lane == 0u) { sharedRows = batchRows(); }
  let rows = workgroupUniformLoad(&sharedRows);
  if (row >= rows) { return; }
  beginRows();
  beginSource();
  let x = sourceRow(row);
  for (var group = 0u; group < GROUPS; group++) {
    addUpLogits(row, lane, x, group * GROUP4);
  }

  // The softmax of a row is little work: everyone does it, instead of waiting for someone to.
  let outcome = outcomeOf(row);
  if (lane == 0u) {
    // RESULTS_BY_DATASET_ROW: one result per row of the split; otherwise per row of the batch.
    results[select(row, datasetRow(row), RESULTS_BY_DATASET_ROW)] = resultWords(outcome);
  }
  for (var j = lane; j < CLASSES4; j += WORKGROUP_SIZE) {
    let p = probability4(row, j, outcome);
    if (STORE_PROBABILITIES) { activations[PROBABILITIES_OFFSET + row * CLASSES4 + j] = p; }
    if (BACKWARD) {
      let delta = outputDelta4(j, p, outcome.label);
      shared4[DELTAS_AT + j] = delta;
      activations[DELTA_OFFSET + row * CLASSES4 + j] = delta;
    }
  }
  if (BACKWARD && HIDDEN_BELOW) {
    workgroupBarrier();
    for (var k4 = lane; k4 < INPUTS4; k4 += WORKGROUP_SIZE) { writeDeltaBelow(row, k4); }
  }
}

fn logit4(row: u32, class4: u32) -> vec4f { return shared4[LOGITS_AT + class4]; }

// The logits of GROUP4 vectors of four classes.
fn addUpLogits(row: u32, lane: u32, x: u32, firstClass4: u32) {
  //! registers
  var sum = array<vec4f, GROUP4>();
  for (var k4 = lane; k4 < INPUTS4; k4 += WORKGROUP_SIZE) {
    let inputs = inputs4(stored4(x, k4));
    //! unroll
    for (var j = 0u; j < GROUP4; j++) {
      let weight = WEIGHT_OFFSET + 4u * k4 * CLASSES4 + min(firstClass4 + j, CLASSES4 - 1u);
      sum[j] = sum[j] + inputs.x * parameters[weight] + inputs.y * parameters[weight + CLASSES4]
        + inputs.z * parameters[weight + 2u * CLASSES4] + inputs.w * parameters[weight + 3u * CLASSES4];
    }
  }
  //! unroll
  for (var j = 0u; j < GROUP4; j++) {
    shared4[j * WORKGROUP_SIZE + lane] = sum[j];
  }
  workgroupBarrier();
  // The second half is added to the first, and again, until one is left: always in the same order.
  for (var width = WORKGROUP_SIZE; width > 1u; width = (width + 1u) / 2u) {
    let half = (width + 1u) / 2u;
    if (lane + half < width) {
      for (var j = 0u; j < GROUP4; j++) {
        shared4[j * WORKGROUP_SIZE + lane] += shared4[j * WORKGROUP_SIZE + lane + half];
      }
    }
    workgroupBarrier();
  }
  for (var j = lane; j < min(GROUP4, CLASSES4 - firstClass4); j += WORKGROUP_SIZE) {
    let z = shared4[j * WORKGROUP_SIZE] + parameters[BIAS_OFFSET + firstClass4 + j];
    if (!isFinite4(z)) { raiseFault(LAYER, FAULT_Z); }
    shared4[LOGITS_AT + firstClass4 + j] = z;
    activations[LOGITS_OFFSET + row * CLASSES4 + firstClass4 + j] = z;
  }
  workgroupBarrier();
}

// dX = dZ.Wt, times the slope that the layer below has left where its delta belongs; four inputs.
fn writeDeltaBelow(row: u32, k4: u32) {
  var sum = vec4f();
  for (var j = 0u; j < CLASSES4; j++) {
    let weight = WEIGHT_OFFSET + 4u * k4 * CLASSES4 + j;
    let delta = shared4[DELTAS_AT + j];
    sum += vec4f(dot(delta, parameters[weight]), dot(delta, parameters[weight + CLASSES4]),
      dot(delta, parameters[weight + 2u * CLASSES4]), dot(delta, parameters[weight + 3u * CLASSES4]));
  }
  let below = DELTA_BELOW_OFFSET + row * INPUTS4 + k4;
  activations[below] = activations[below] * sum;
}
