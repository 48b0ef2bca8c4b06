// Which row of the data set is row r of this batch.
//! uses step

// Looked up once by `beginRows`, which every kernel that asks for rows calls first.
var<private> batchStart: u32;

fn beginRows() { batchStart = firstRow(); }

// ROWS_SHUFFLED: looked up among the schedule's row numbers. Otherwise rows are met in order.
fn datasetRow(r: u32) -> u32 {
  if (ROWS_SHUFFLED) { return schedule[batchStart + r]; }
  return batchStart + r;
}
