/** An image that was read: what it shows, and the classes that were held most probable. */
import { useEffect, useRef } from "preact/hooks";
import { percent } from "../format.ts";
import type { Mistake } from "../../worker/job.ts";
import type { DatasetSummary } from "../../model/metadata.ts";
import { lit } from "./light-box.tsx";

interface Props {
  image: Mistake;
  dataset: Pick<DatasetSummary, "classes" | "height" | "width">;
}

export function ReadImage({ image, dataset }: Props) {
  const { classes } = dataset;
  const { index, truth, predicted, guesses } = image;
  return (
    <li>
      <Pixels pixels={image.pixels} dataset={dataset} label={`Image ${index}`} />
      <span>
        {classes[truth]} <span class="arrow">→</span>{" "}
        {predicted === truth ? classes[predicted] : <b>{classes[predicted]}</b>}
      </span>
      <ul class="guesses" aria-label="Held most probable">
        {guesses.map(({ label, probability }) => (
          <li key={label} class={label === truth ? "truth" : undefined}>
            <span>{classes[label]}</span> {percent(probability, 1)}
          </li>
        ))}
      </ul>
    </li>
  );
}

function Pixels({
  pixels,
  dataset,
  label,
}: {
  pixels: Uint8Array;
  dataset: Props["dataset"];
  label: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { height, width } = dataset;
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(lit(pixels, height, width), 0, 0);
  }, [pixels, height, width]);
  return <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} />;
}
