// Inverted dropout as a pure function of (seed, step, layer, row, unit): the CPU draws the same mask.
// The hash is pcg4d (Jarzynski and Olano, "Hash Functions for GPU Rendering", 2020).
//! uses step

fn pcg4d(words: vec4u) -> vec4u {
  var v = words * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

// What units 4 unit4 to 4 unit4 + 3 of a row are multiplied by: 0, or 1 / (1 - rate). One hash serves four units.
fn dropout4(row: u32, unit4: u32) -> vec4f {
  if (DROPOUT_THRESHOLD == 0u) { return vec4f(1.0); }
  let words = pcg4d(vec4u(DROPOUT_KEY, stepNumber(), row, unit4));
  return select(vec4f(0.0), vec4f(DROPOUT_SCALE), words >= vec4u(DROPOUT_THRESHOLD));
}
