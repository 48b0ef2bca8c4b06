/** What each unit of the first layer responds to: its weights, laid out as the image that they are multiplied with. */
import { useEffect, useRef } from "preact/hooks";
import { counted, grouped } from "../format.ts";
import { start } from "../state/run.ts";
import { palette } from "../state/theme.ts";
import { lastLook, whenOf } from "../state/look.ts";
import { NoLook } from "./no-look.tsx";
import { diverging, parseColour, type Colour } from "./colours.ts";

/** Pixels between two images. */
const GAP = 2;
const COLUMNS = 10;

export default function FirstLayer() {
  const found = lastLook.value;
  const dataset = start.value?.dataset;
  if (!found || !dataset) return <NoLook />;
  const { shown, units } = found;
  return (
    <>
      <p class="fine">
        {shown < units
          ? `The first ${shown} of ${grouped(units)} units`
          : units === 1
            ? "The one unit"
            : `All ${grouped(units)} units`}{" "}
        of the first layer {whenOf(found)}. Each image is a unit’s weights: ink there{" "}
        <span class="swatch plus">excites</span> or <span class="swatch minus">inhibits</span> it. Every unit
        is scaled to its own largest weight.
      </p>
      <Sheet height={dataset.height} width={dataset.width} />
    </>
  );
}

function Sheet({ height, width }: { height: number; width: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const look = lastLook.value!;
  const colours = palette.value;
  useEffect(() => {
    const element = canvas.current!;
    const [plus, minus, paper] = ["--plus", "--minus", "--none"].map((name) => resolve(element, name));
    const columns = Math.min(COLUMNS, look.shown);
    const rows = Math.ceil(look.shown / columns);
    element.width = columns * (width + GAP) - GAP;
    element.height = rows * (height + GAP) - GAP;
    const context = element.getContext("2d")!;
    for (let unit = 0; unit < look.shown; unit++) {
      const weights = look.weights.subarray(unit * height * width, (unit + 1) * height * width);
      const image = new ImageData(diverging(weights, { plus, minus, paper }), width, height);
      const x = (unit % columns) * (width + GAP);
      const y = Math.floor(unit / columns) * (height + GAP);
      context.putImageData(image, x, y);
    }
  }, [look, colours, height, width]);
  return (
    <canvas
      ref={canvas}
      class="weights"
      role="img"
      aria-label={`Weights of ${counted(look.shown, "unit")} as images of ${height} by ${width} pixels`}
    />
  );
}

/** A colour of the page's style in the theme that is shown. */
function resolve(element: HTMLElement, property: string): Colour {
  const before = element.style.color;
  element.style.color = `var(${property})`;
  const colour = parseColour(getComputedStyle(element).color);
  element.style.color = before;
  return colour;
}
