/** Draw a digit. */
import "./draw.css";

export default function Draw() {
  return (
    <section class="view draw" id="stage" aria-labelledby="draw-title" tabIndex={-1}>
      <h2 id="draw-title">Draw a digit</h2>
    </section>
  );
}
