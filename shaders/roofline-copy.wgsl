// Copies a buffer: what memory gives a kernel at most. Each invocation copies PER_ITEM vectors that lie ITEMS apart, so
// that neighbours read neighbouring vectors.
//! reads origin
//! writes copied

fn run(workgroup: u32, lane: u32) {
  let item = workgroup * WORKGROUP_SIZE + lane;
  if (item >= ITEMS) { return; }
  for (var i = 0u; i < PER_ITEM; i++) {
    let at = i * ITEMS + item;
    if (at < VECTORS) { copied[at] = origin[at]; }
  }
}
