// Keeps the inputs of a batch as the first product reads them. For the tracer only.
//! uses step, source
//! writes activations

fn run(workgroup: u32, lane: u32) {
  let item = workgroup * WORKGROUP_SIZE + lane;
  let r = item / INPUTS4;
  if (r >= batchRows()) { return; }
  beginSource();
  activations[INPUT_OFFSET + item] = inputs4(stored4(sourceRow(r), item % INPUTS4));
}
