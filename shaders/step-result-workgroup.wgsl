// The mean loss and the count of right answers of this step, for the host to read some time later. The invocations share
// the rows among them, and the first adds up what they found.
//! uses step
//! writes results

fn run(workgroup: u32, lane: u32) {
  let rows = batchRows();
  var loss = 0.0;
  var correct = 0u;
  for (var r = lane; r < rows; r += WORKGROUP_SIZE) {
    let result = results[r];
    loss += bitcast<f32>(result.x);
    correct += result.w;
  }
  // Counts are far below 2^24, where floats are exact.
  shared4[lane] = vec4f(loss, f32(correct), 0.0, 0.0);
  workgroupBarrier();
  if (lane > 0u) { return; }
  for (var other = 1u; other < WORKGROUP_SIZE; other++) {
    loss += shared4[other].x;
    correct += u32(shared4[other].y);
  }
  results[RECORDS_OFFSET + entry() / ENTRY_WORDS] = vec4u(bitcast<u32>(loss * rowShare()), correct, rows, stepNumber());
}
