// Which row of the data set is row r of this batch.
//! uses step

// ROWS_SHUFFLED: looked up among the schedule's row numbers. Otherwise rows are met in order.
fn datasetRow(r: u32) -> u32 {
  if (ROWS_SHUFFLED) { return schedule[firstRow() + r]; }
  return firstRow() + r;
}
