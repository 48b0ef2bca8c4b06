// The mean loss and the count of right answers of this step, for the host to read some time later. One invocation adds
// the rows up in order.
//! uses step
//! writes results

fn run(workgroup: u32, lane: u32) {
  if (lane > 0u) { return; }
  let rows = batchRows();
  var loss = 0.0;
  var correct = 0u;
  for (var r = 0u; r < rows; r++) {
    let result = results[r];
    loss += bitcast<f32>(result.x);
    correct += result.w;
  }
  results[RECORDS_OFFSET + entry() / ENTRY_WORDS] = vec4u(bitcast<u32>(loss * rowShare()), correct, rows, stepNumber());
}
