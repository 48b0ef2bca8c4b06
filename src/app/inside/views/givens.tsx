/** Inputs, labels and parameters: what everything goes back to, and what can be changed. */
import { derivation } from "../state/step.ts";
import { Matrix } from "./matrix.tsx";

export function Givens() {
  const given = [...derivation.value.matrices.values()].filter(({ operation }) => operation.kind === "given");
  return (
    <section class="givens" aria-labelledby="givens-title">
      <h3 id="givens-title">What it all goes back to</h3>
      <p class="fine">
        Inputs, labels, weights and biases. Change any of these numbers: everything else follows. In Y, choose
        the class of a sample.
      </p>
      <div class="matrices">
        {given.map(({ id }) => (
          <Matrix key={id} id={id} brief />
        ))}
      </div>
    </section>
  );
}
