// The input of a product is the data set: bytes, four to a word, normalised where they are read.
//! uses rows
//! reads images

// First word of row r. IMAGES_GATHERED: the rows of this batch were copied together by `gather`.
fn sourceRow(r: u32) -> u32 {
  if (IMAGES_GATHERED) { return r * SOURCE_STRIDE; }
  return datasetRow(r) * SOURCE_STRIDE;
}

// 0 only where inputs 4 k4 to 4 k4 + 3 are all 0. Most pixels of a handwritten digit are: products step over them.
fn bits4(row: u32, k4: u32) -> u32 { return images[row + k4]; }

// Inputs 4 k4 to 4 k4 + 3 of the row that begins at `row`.
fn source4(row: u32, k4: u32) -> vec4f {
  let word = vec4u(images[row + k4]);
  return vec4f((word >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)) * f32(1.0 / 255.0);
}
