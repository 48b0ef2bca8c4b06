/** What the network reads: the class, the next one, and how probable each is. */
import { percent } from "../format.ts";
import { writeImagePlace } from "../inside/image/place.ts";
import type { HeldModel } from "../state/model.ts";
import { routeHash } from "../state/route.ts";
import { unlikeDigits } from "../../data/images/unlike-digits.ts";
import { about, penDown, prepared } from "./drawing.ts";
import { reading } from "./reading.ts";

export function Answer({ model }: { model: HeldModel }) {
  const { classes } = model.contents.dataset;
  const result = reading.value?.model === model ? reading.value : null;
  const order = result ? ranking(result.probabilities) : [];
  const doubt = result && !penDown.value ? doubtOf(result.probabilities[order[0]], differences()) : undefined;
  return (
    <section class="answer" aria-labelledby="answer-title">
      <h3 id="answer-title">The network reads</h3>
      {result ? (
        <p class="read">
          <b>{classes[order[0]]}</b>
          <span>
            {percent(result.probabilities[order[0]], 1)}
            <small>
              second guess {classes[order[1]]}, {percent(result.probabilities[order[1]], 1)}
            </small>
          </span>
        </p>
      ) : (
        <p class="read none">
          <b>–</b>
          <span>
            <small>Draw on the dark paper.</small>
          </span>
        </p>
      )}
      {/* Read out when a stroke is finished, not while it is drawn. */}
      <p class="unseen" role="status">
        {result &&
          !penDown.value &&
          `Read as ${classes[order[0]]}, ${percent(result.probabilities[order[0]], 1)}. ` +
            `Second guess ${classes[order[1]]}, ${percent(result.probabilities[order[1]], 1)}.` +
            (doubt === undefined ? "" : ` ${doubt}`)}
      </p>
      <ul class="chances" aria-label="Probability of each class; choose one to see its pixels">
        {classes.map((name, index) => {
          const chance = result?.probabilities[index] ?? 0;
          const explained = result?.about === index;
          return (
            <li key={index}>
              <button
                type="button"
                aria-pressed={explained}
                disabled={!result}
                onClick={() => (about.value = about.value === index ? null : index)}
              >
                <span class="name">{name}</span>
                <span class="gauge">
                  <span
                    class={index === order[0] ? "first" : undefined}
                    style={{ width: `${100 * chance}%` }}
                  />
                </span>
                <span class="chance">{result ? percent(chance, 1) : ""}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {doubt !== undefined && <p class="fine">{doubt}</p>}
      {result && (
        <p class="fine">
          <a href={INSIDE}>Follow your drawing through the network’s layers</a>
        </p>
      )}
    </section>
  );
}

/** @param unlike what sets the drawing apart from digits, if anything does */
function doubtOf(probability: number, unlike: string | undefined): string | undefined {
  if (unlike !== undefined) {
    return `Unlike every digit of MNIST, ${unlike}: the network names one all the same, having nothing else to say.`;
  }
  return probability < 0.5
    ? "No class has half of the probability: this is hardly more than a guess."
    : undefined;
}

/** What sets the drawing apart from digits, where it was prepared as one. */
function differences(): string | undefined {
  const seen = prepared.value;
  return seen?.centred ? unlikeDigits(seen.image) : undefined;
}

const INSIDE = routeHash({
  view: "inside",
  query: writeImagePlace({ source: "drawing", index: 0, objective: "loss" }),
});

/** Classes, the most probable first. */
function ranking(probabilities: Float32Array): number[] {
  return Array.from(probabilities.keys()).sort((a, b) => probabilities[b] - probabilities[a]);
}
