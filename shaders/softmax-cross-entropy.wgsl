// Softmax, cross-entropy and the output delta of a row, from its logits. The head provides logit4(row, class4).
//! uses step, rows
//! reads labels

// What stands for classes that do not exist: its exponential is 0.
const LOWEST = -3.0e38f;

struct Outcome {
  label: u32,
  loss: f32,
  predicted: u32,
  // How many classes come before the true one.
  rank: u32,
  largest: f32,
  exponentials: f32,
}

// Which of four classes exist.
fn isClass4(class4: u32) -> vec4<bool> {
  return vec4u(4u * class4) + vec4u(0u, 1u, 2u, 3u) < vec4u(CLASSES);
}

// Logits less the row's largest, so that no exponential overflows.
fn shifted4(row: u32, class4: u32, largest: f32) -> vec4f {
  return select(vec4f(LOWEST), logit4(row, class4) - largest, isClass4(class4));
}

fn outcomeOf(row: u32) -> Outcome {
  let dataRow = datasetRow(row);
  let label = (labels[dataRow / 4u] >> (8u * (dataRow % 4u))) & 255u;
  let truth = logit4(row, label / 4u)[label % 4u];

  // Ties go to the smaller class.
  var largest = logit4(row, 0u).x;
  var predicted = 0u;
  var rank = 0u;
  for (var c = 0u; c < CLASSES; c++) {
    let z = logit4(row, c / 4u)[c % 4u];
    if (z > largest) {
      largest = z;
      predicted = c;
    }
    if (z > truth || (z == truth && c < label)) { rank++; }
  }

  var exponentials = 0.0;
  var shifted = 0.0;  // sum of z - largest, for label smoothing
  for (var j = 0u; j < CLASSES4; j++) {
    let z = shifted4(row, j, largest);
    exponentials += dot(exp(z), vec4f(1.0));
    shifted += dot(select(vec4f(0.0), z, isClass4(j)), vec4f(1.0));
  }
  // -sum t log p with t = (1 - e) y + e / C and log p = z - largest - log(sum)
  let loss = log(exponentials) - (1.0 - SMOOTHING) * (truth - largest) - SMOOTHING / f32(CLASSES) * shifted;
  if (!isFinite4(vec4f(loss))) { raiseFault(LAYER, FAULT_LOSS); }
  return Outcome(label, loss, predicted, rank, largest, exponentials);
}

fn probability4(row: u32, class4: u32, outcome: Outcome) -> vec4f {
  return exp(shifted4(row, class4, outcome.largest)) / outcome.exponentials;
}

// dL/dz = (p - t) / rows
fn outputDelta4(class4: u32, p: vec4f, label: u32) -> vec4f {
  let isTruth = vec4u(4u * class4) + vec4u(0u, 1u, 2u, 3u) == vec4u(label);
  let t = select(vec4f(0.0), vec4f(SMOOTHING / f32(CLASSES)), isClass4(class4))
    + select(vec4f(0.0), vec4f(1.0 - SMOOTHING), isTruth);
  return (p - t) * rowShare();
}

fn resultWords(outcome: Outcome) -> vec4u {
  return vec4u(bitcast<u32>(outcome.loss), outcome.predicted, outcome.rank, u32(outcome.predicted == outcome.label));
}
