// Gradient descent: w -= lr g
//! uses step

// The step's numbers are looked up once per invocation, not once per parameter.
var<private> rate: f32;

fn beginUpdate() { rate = learningRate(); }

fn updatedParameter(at: u32, old: vec4f, g: vec4f, isWeight: bool) -> vec4f {
  return old - rate * g;
}
