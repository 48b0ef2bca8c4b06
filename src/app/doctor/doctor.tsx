/** Does this browser compute correctly?. */
import "./doctor.css";

export default function Doctor() {
  return (
    <section class="view doctor" id="stage" aria-labelledby="doctor-title" tabIndex={-1}>
      <h2 id="doctor-title">Does this browser compute correctly?</h2>
    </section>
  );
}
