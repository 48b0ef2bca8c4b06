// The input of a product is a matrix of floats: the activations of the layer below, or inputs given as floats.
//! reads activations

fn sourceRow(r: u32) -> u32 { return SOURCE_OFFSET + r * SOURCE_STRIDE; }

// Zeros do occur, but hardly ever all together: looking for them would cost more than it saves.
fn bits4(row: u32, k4: u32) -> u32 { return 1u; }

// Inputs 4 k4 to 4 k4 + 3 of the row that begins at `row`.
fn source4(row: u32, k4: u32) -> vec4f { return activations[row + k4]; }
