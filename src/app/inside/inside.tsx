/** Inside a training step. */
import "./inside.css";

export default function Inside() {
  return (
    <section class="view inside" id="stage" aria-labelledby="inside-title" tabIndex={-1}>
      <h2 id="inside-title">Inside a training step</h2>
    </section>
  );
}
