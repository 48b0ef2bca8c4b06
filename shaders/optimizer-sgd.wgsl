// Gradient descent: w -= lr g
//! uses step

fn updatedParameter(at: u32, old: vec4f, g: vec4f, isWeight: bool) -> vec4f {
  return old - learningRate() * g;
}
