/** What the network is given, and which of its pixels made the answer. */
import { useEffect, useRef } from "preact/hooks";
import { readsDigits } from "../../data/images/prepare.ts";
import type { HeldModel } from "../state/model.ts";
import { lit } from "../views/light-box.tsx";
import { prepared } from "./drawing.ts";
import { reading } from "./reading.ts";

export function Sight({ model }: { model: HeldModel }) {
  const { height, width, classes } = model.contents.dataset;
  const seen = prepared.value;
  // Before there is any ink, what will become of it.
  const centred = seen?.centred ?? readsDigits(model.contents.dataset);
  const result = reading.value?.model === model ? reading.value : null;
  const name = result ? classes[result.about] : "";
  return (
    <div class="sight">
      <figure>
        <Pixels
          height={height}
          width={width}
          image={seen && lit(seen.image.pixels, height, width)}
          label={`The drawing as ${height} x ${width} pixels`}
        />
        <figcaption>
          <b>What it sees</b>
          {centred
            ? `${height} × ${width} pixels, as MNIST was prepared: the ink fitted into a box of ${boxOf(height)}, its centre of mass in the middle.`
            : `${height} × ${width} pixels: the paper, scaled.`}
        </figcaption>
      </figure>
      <figure>
        <Pixels
          height={height}
          width={width}
          image={result && relevanceImage(result.relevance, height, width)}
          label={result ? `Pixels that speak for and against ${name}` : "No pixels yet"}
        />
        <figcaption>
          <b>{result ? `Why ${name}` : "Which pixels matter"}</b>
          <span class="for">Amber</span> speaks for {name || "the class"}, <span class="against">blue</span>{" "}
          against it: each pixel times the derivative of the class’s logit by it. Choose another class to see
          its own.
        </figcaption>
      </figure>
    </div>
  );
}

/** As in data/images/centre-digit.ts. */
function boxOf(side: number): number {
  return Math.round((20 / 28) * side);
}

interface PixelsProps {
  height: number;
  width: number;
  image: ImageData | null | undefined;
  label: string;
}

function Pixels({ height, width, image, label }: PixelsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (image) context?.putImageData(image, 0, 0);
    else context?.clearRect(0, 0, width, height);
  }, [image, height, width]);
  return <canvas ref={canvas} class="pixels" width={width} height={height} role="img" aria-label={label} />;
}

/** In both themes: the box is dark in both. */
const FOR = [246, 176, 75];
const AGAINST = [96, 170, 255];

/** The strongest pixel is drawn in full colour. @param relevance `[height * width]` */
function relevanceImage(relevance: Float32Array, height: number, width: number): ImageData {
  const most = relevance.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const image = new ImageData(width, height);
  relevance.forEach((value, i) => {
    const strength = most > 0 ? Math.abs(value) / most : 0;
    image.data.set([...(value > 0 ? FOR : AGAINST), Math.round(255 * Math.sqrt(strength))], 4 * i);
  });
  return image;
}
