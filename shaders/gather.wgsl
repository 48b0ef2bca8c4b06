// Copies the rows of this batch that lie in one part of the data set together. Only for data sets that exceed the
// binding limit and are split over several buffers: elsewhere the first product gathers as it reads.
//! uses rows
//! reads part
//! writes images

fn run(workgroup: u32, lane: u32) {
  let item = workgroup * WORKGROUP_SIZE + lane;
  let r = item / ROW_WORDS;
  if (r >= batchRows()) { return; }
  beginRows();
  let row = datasetRow(r);
  if (row >= PART_FIRST && row < PART_END) {
    images[item] = part[(row - PART_FIRST) * ROW_WORDS + item % ROW_WORDS];
  }
}
