/** Layers as columns of circles, joined as their weights join them. Decoration: the figures stand below it. */
import type { DrawnLayer } from "../state/architecture.ts";

/** Width of a layer's column and height of all, in the drawing's own units. */
const COLUMN = 160;
const HEIGHT = 150;
const RADIUS = 3.4;
/** Side of the image that the input is drawn as, and of its squares. */
const IMAGE = 66;
const SQUARES = 7;

export function NetworkDrawing({ layers }: { layers: readonly DrawnLayer[] }) {
  const width = COLUMN * layers.length;
  return (
    <svg
      class="network"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="xMidYMid meet"
      aria-hidden="true"
      style={{ gridColumn: `1 / span ${layers.length}` }}
    >
      {layers.slice(1).map((layer, index) => (
        <path key={`w${index}`} class="edges" d={edges(layers[index], index, layer, index + 1)} />
      ))}
      {layers.map((layer, index) =>
        layer.kind === "input" ? (
          <path key={index} class="image" d={image(index)} />
        ) : (
          <g key={index} class={layer.kind}>
            {circles(layer).map((y) => (
              <circle key={y} cx={centre(index)} cy={y} r={RADIUS} />
            ))}
          </g>
        ),
      )}
    </svg>
  );
}

function centre(index: number): number {
  return COLUMN * (index + 0.5);
}

/** Heights of the circles, even and centred. */
function circles({ circles: count }: DrawnLayer): number[] {
  const gap = Math.min(15, (HEIGHT - 4 * RADIUS) / Math.max(1, count - 1));
  return Array.from({ length: count }, (_, i) => HEIGHT / 2 + (i - (count - 1) / 2) * gap);
}

function image(index: number): string {
  const left = centre(index) - IMAGE / 2;
  const top = (HEIGHT - IMAGE) / 2;
  const square = IMAGE / SQUARES;
  const lines = Array.from({ length: SQUARES + 1 }, (_, i) => {
    const at = i * square;
    return `M${left + at} ${top}v${IMAGE}M${left} ${top + at}h${IMAGE}`;
  });
  return lines.join("");
}

/** From every circle to every circle; from an image, from some of its rows. */
function edges(from: DrawnLayer, fromIndex: number, to: DrawnLayer, toIndex: number): string {
  const isImage = from.kind === "input";
  const starts = isImage
    ? Array.from({ length: SQUARES }, (_, i) => (HEIGHT - IMAGE) / 2 + ((i + 0.5) * IMAGE) / SQUARES)
    : circles(from);
  const x1 = centre(fromIndex) + (isImage ? IMAGE / 2 : RADIUS);
  const x2 = centre(toIndex) - RADIUS;
  return starts.flatMap((y1) => circles(to).map((y2) => `M${x1} ${y1}L${x2} ${y2}`)).join("");
}
