// What a forward product does with its sums: they become a hidden layer's activations.
//! uses hidden-units

fn beginResult(part: u32) {}
fn storeResult(row: u32, unit4: u32, product: vec4f) { _ = finishHidden4(row, unit4, product); }
fn endResult(item: u32) {}
