// The input of a product is the data set: bytes, four to a word, normalised where they are read.
//! uses rows
//! reads images

// Four inputs as they are stored.
alias Stored4 = u32;
// Most pixels of a handwritten digit are 0: products step over them.
const STEP_OVER_ZEROS = true;

fn beginSource() { beginRows(); }

// First word of row r. IMAGES_GATHERED: the rows of this batch were copied together by `gather`.
fn sourceRow(r: u32) -> u32 {
  if (IMAGES_GATHERED) { return r * SOURCE_STRIDE; }
  return datasetRow(r) * SOURCE_STRIDE;
}

// Inputs 4 k4 to 4 k4 + 3 of the row that begins at `row`.
fn stored4(row: u32, k4: u32) -> Stored4 { return images[row + k4]; }
// 0 only where all four are.
fn bits4(stored: Stored4) -> u32 { return stored; }
fn inputs4(stored: Stored4) -> vec4f {
  return vec4f((vec4u(stored) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)) * f32(1.0 / 255.0);
}
