// Counts confusion[truth][predicted] over the rows just evaluated.
//! uses step, rows
//! reads labels, results
//! writes confusion

fn run(workgroup: u32, lane: u32) {
  let r = workgroup * WORKGROUP_SIZE + lane;
  if (r >= batchRows()) { return; }
  beginRows();
  let row = datasetRow(r);
  let label = (labels[row / 4u] >> (8u * (row % 4u))) & 255u;
  atomicAdd(&confusion[label * CLASSES + results[row].y], 1u);
}
