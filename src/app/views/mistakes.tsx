/** The test images that cost most: what they show, what was read, and what else was considered. */
import type { EvaluationEvent } from "../../worker/job.ts";
import { ReadImage } from "./read-image.tsx";

const SHOWN = 24;

export function Mistakes({ result }: { result: EvaluationEvent }) {
  return (
    <section>
      <h3>The worst mistakes</h3>
      <p class="fine">
        Under each image what it shows, what the network read, and how probable it held its first three
        guesses.
      </p>
      <ul class="mistakes">
        {result.mistakes.slice(0, SHOWN).map((mistake) => (
          <ReadImage key={mistake.index} image={mistake} dataset={result.dataset} />
        ))}
      </ul>
    </section>
  );
}
