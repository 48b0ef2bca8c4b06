// Keeps the last good state on the device. The dispatch's guard skips it once something was not finite.
//! reads state
//! writes snapshot

fn run(workgroup: u32, lane: u32) {
  let at = workgroup * WORKGROUP_SIZE + lane;
  if (at < VECTORS) { snapshot[at] = state[at]; }
}
