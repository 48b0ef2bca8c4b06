// The input of the head is the hidden layer below it, whose product has been summed in PARTS parts along K: they are added
// up in order here, and the layer is finished on the way.
//! uses hidden-units
//! reads activations

// Four inputs as they are stored.
alias Stored4 = vec4f;
const STEP_OVER_ZEROS = false;

fn beginSource() {}
fn sourceRow(r: u32) -> u32 { return r; }

fn stored4(row: u32, k4: u32) -> Stored4 {
  var at = PARTS_OFFSET + row * HIDDEN_UNITS4 + k4;
  var product = activations[at];
  for (var part = 1u; part < PARTS; part++) {
    at += BATCH_ROWS * HIDDEN_UNITS4;
    product += activations[at];
  }
  return finishHidden4(row, k4, product);
}
fn bits4(stored: Stored4) -> u32 { return 1u; }
fn inputs4(stored: Stored4) -> vec4f { return stored; }
