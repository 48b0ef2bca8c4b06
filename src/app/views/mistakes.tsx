/** The test images that cost most: what they show, what was read, and how probable the truth was held. */
import { useEffect, useRef } from "preact/hooks";
import { percent } from "../format.ts";
import type { EvaluationEvent, Mistake } from "../../worker/job.ts";
import { lit } from "./light-box.tsx";

const SHOWN = 24;

export function Mistakes({ result }: { result: EvaluationEvent }) {
  const { classes, height, width } = result.dataset;
  const shown = result.mistakes.slice(0, SHOWN);
  return (
    <section>
      <h3>The worst mistakes</h3>
      <p class="fine">
        Under each image what it shows, what the network read, and the probability it gave the truth.
      </p>
      <ul class="mistakes">
        {shown.map((mistake) => (
          <li key={mistake.index}>
            <Tile mistake={mistake} height={height} width={width} />
            <span>
              {classes[mistake.truth]} <span class="arrow">→</span> <b>{classes[mistake.predicted]}</b>
            </span>
            <small>{percent(Math.exp(-mistake.loss), 1)}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Tile({ mistake, height, width }: { mistake: Mistake; height: number; width: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(lit(mistake.pixels, height, width), 0, 0);
  }, [mistake, height, width]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      role="img"
      aria-label={`Test image ${mistake.index}`}
    />
  );
}
