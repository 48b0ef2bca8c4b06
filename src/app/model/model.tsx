/** The model. */
import "./model.css";

export default function Model() {
  return (
    <section class="view model" id="stage" aria-labelledby="model-title" tabIndex={-1}>
      <h2 id="model-title">The model</h2>
    </section>
  );
}
