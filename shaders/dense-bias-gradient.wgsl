// db = the column sums of dZ [rows, UNITS], handed to the epilogue. Each invocation owns four units.
//! uses step, epilogue
//! reads activations

fn run(workgroup: u32, lane: u32) {
  let unit4 = workgroup * WORKGROUP_SIZE + lane;
  if (unit4 >= UNITS4) { return; }
  let rows = batchRows();
  var sum = vec4f(0.0);
  var delta = DELTA_OFFSET + unit4;
  for (var r = 0u; r < rows; r++) {
    sum += activations[delta];
    delta += UNITS4;
  }
  beginEpilogue();
  finishBias(BIAS_OFFSET + unit4, sum);
  endEpilogue(unit4);
}
