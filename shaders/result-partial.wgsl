// What a forward product does with its sums where K is cut into parts: they are kept, part by part, for the kernel
// behind it to add up in order.
//! writes activations

// Which part of K the invocation sums.
var<private> partOfK: u32;

fn beginResult(part: u32) { partOfK = part; }
fn storeResult(row: u32, unit4: u32, product: vec4f) {
  activations[PARTS_OFFSET + (partOfK * BATCH_ROWS + row) * UNITS4 + unit4] = product;
}
fn endResult(item: u32) {}
