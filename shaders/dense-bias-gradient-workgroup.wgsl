// db = the column sums of dZ [rows, UNITS], handed to the epilogue. A workgroup owns COLUMNS4 vectors of four units; its
// invocations share the rows among them.
//! uses step, epilogue
//! reads activations

const ITEMS_DOWN = WORKGROUP_SIZE / COLUMNS4;

fn run(workgroup: u32, lane: u32) {
  let down = lane / COLUMNS4;
  let unit4 = workgroup * COLUMNS4 + lane % COLUMNS4;
  var sum = vec4f();
  if (down < ITEMS_DOWN && unit4 < UNITS4) {
    let rows = batchRows();
    for (var r = down; r < rows; r += ITEMS_DOWN) { sum += activations[DELTA_OFFSET + r * UNITS4 + unit4]; }
  }
  shared4[lane] = sum;
  workgroupBarrier();
  if (down > 0u || unit4 >= UNITS4) { return; }
  for (var other = 1u; other < ITEMS_DOWN; other++) { sum += shared4[other * COLUMNS4 + lane]; }
  beginEpilogue();
  finishBias(BIAS_OFFSET + unit4, sum);
  endEpilogue(unit4);
}
