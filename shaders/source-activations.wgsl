// The input of a product is a matrix of floats: the activations of the layer below, or inputs given as floats.
//! reads activations

// Four inputs as they are stored.
alias Stored4 = vec4f;
// Zeros do occur, but hardly ever all together: looking for them would cost more than it saves.
const STEP_OVER_ZEROS = false;

fn beginSource() {}
fn sourceRow(r: u32) -> u32 { return SOURCE_OFFSET + r * SOURCE_STRIDE; }

// Inputs 4 k4 to 4 k4 + 3 of the row that begins at `row`.
fn stored4(row: u32, k4: u32) -> Stored4 { return activations[row + k4]; }
// 0 only where all four are.
fn bits4(stored: Stored4) -> u32 { return 1u; }
fn inputs4(stored: Stored4) -> vec4f { return stored; }
