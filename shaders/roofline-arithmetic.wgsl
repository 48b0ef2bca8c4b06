// Multiply-adds in registers and nothing else: what arithmetic gives a kernel at most. Each invocation takes one vector
// x and computes, CHAINS times over and ROUNDS times in a row, x <- x * factor + summand; the chains do not depend on one
// another. Stored is the sum of all chains, so that none can be left out.
//! reads origin
//! writes copied

fn run(workgroup: u32, lane: u32) {
  let at = workgroup * WORKGROUP_SIZE + lane;
  if (at >= VECTORS) { return; }
  // Read, because a compiler could do away with constants.
  let factor = origin[VECTORS];
  let summand = origin[VECTORS + 1u];
  //! registers
  var x = array<vec4f, CHAINS>();
  //! unroll
  for (var i = 0u; i < CHAINS; i++) {
    x[i] = origin[at] + vec4f(f32(i));
  }
  for (var round = 0u; round < ROUNDS; round++) {
    //! unroll
    for (var i = 0u; i < CHAINS; i++) {
      x[i] = x[i] * factor + summand;
    }
  }
  var total = vec4f();
  //! unroll
  for (var i = 0u; i < CHAINS; i++) {
    total += x[i];
  }
  copied[at] = total;
}
