/** The stage before anything was measured: what will be done, and what it takes. */

export function Overture() {
  return (
    <div class="overture">
      <h2 class="plan">How long does a training step take here?</h2>
      <p class="lede">
        All contenders train the same network on the same batches, in this browser and on this adapter. First
        their losses must agree, step by step. Then they take turns, round after round.
      </p>
      <ul>
        <li>
          <b>Leave the machine alone</b> while it measures, and this tab in front: whatever else runs is in
          the figures.
        </li>
        <li>
          <b>It takes its time.</b> A quick look at one network is done within a minute or two; a whole suite
          with every contender can take long, above all on a software adapter. You can stop at any time and
          keep what was measured.
        </li>
        <li>
          <b>The peers</b>, TensorFlow.js and jax-js, are loaded from this site when the measuring begins, not
          before.
        </li>
      </ul>
    </div>
  );
}
