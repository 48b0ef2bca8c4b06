/** The paper, its tools, and drawing without a pointer. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { GreyImage } from "../../data/images/grey-image.ts";
import type { Stroke } from "../../data/images/strokes.ts";
import { INK } from "../ink.ts";
import { PickFile } from "../model/pick-file.tsx";
import { lit } from "../views/light-box.tsx";
import { counted } from "../format.ts";
import { isUnlinked } from "./link.ts";
import { PEN_KEYS, pen, penKey } from "./pen-keys.ts";
import { DIGITS, recordedDigit } from "./recorded.ts";
import {
  beginStroke,
  BRUSH,
  brush,
  canUndo,
  clearDrawing,
  endStroke,
  extendStroke,
  frame,
  isEmpty,
  picture,
  replaceDrawing,
  strokes,
  undo,
} from "./drawing.ts";

export function Paper() {
  return (
    <div class="paper-side">
      <Canvas />
      <div class="paper-tools">
        <label class="brush">
          <span>Brush</span>
          <input
            type="range"
            min={BRUSH.least}
            max={BRUSH.most}
            step={0.005}
            value={brush.value}
            aria-valuetext={`${Math.round(100 * brush.value)} % of the frame`}
            onInput={(event) => (brush.value = Number(event.currentTarget.value))}
          />
        </label>
        <button type="button" class="secondary" disabled={!canUndo.value} onClick={undo}>
          Undo
        </button>
        <button type="button" class="secondary" disabled={isEmpty.value} onClick={clearDrawing}>
          Clear
        </button>
      </div>
      {isUnlinked.value && (
        <p class="fine" role="status">
          {picture.value
            ? "No address can hold a picture: it is gone when the page is loaded again."
            : "This drawing is more than the address can hold: it is gone when the page is loaded again."}
        </p>
      )}
    </div>
  );
}

/** Other ways to get something onto the paper. */
export function Helps({ digits }: { digits: boolean }) {
  return (
    <div class="paper-helps">
      {digits && (
        <div class="recorded" role="group" aria-label="Let one be drawn">
          <span class="fine">Or let one be drawn</span>
          <div>
            {DIGITS.map((digit) => (
              <button
                key={digit}
                type="button"
                class="quiet"
                aria-label={`Draw a ${digit}`}
                onClick={() => replaceDrawing(recordedDigit(digit, brush.value))}
              >
                {digit}
              </button>
            ))}
          </div>
        </div>
      )}
      <PickFile id="pick-picture" label="Or open a picture …" accept="image/*" />
      <p class="fine" id="paper-help">
        {PEN_KEYS}
      </p>
    </div>
  );
}

/** Whether the keyboard was used last: only then the pen is shown. */
const byKeyboard = signal(false);

function Canvas() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { height, width } = frame.value;
  const side = Math.max(height, width);
  const drawing = strokes.value;
  const below = picture.value;
  const shown = byKeyboard.value ? pen.value : null;
  useEffect(() => {
    if (canvas.current) paint(canvas.current, below, drawing, width / side, height / side);
  }, [below, drawing, width, height]);

  /** Where the pointer was and is, as parts of the frame's longer side. */
  const points = (event: PointerEvent): number[] => {
    const box = canvas.current!.getBoundingClientRect();
    const scale = Math.max(box.width, box.height);
    const passed = event.getCoalescedEvents?.() ?? [];
    return (passed.length > 0 ? passed : [event]).flatMap(({ clientX, clientY }) => [
      (clientX - box.left) / scale,
      (clientY - box.top) / scale,
    ]);
  };

  return (
    <div class="paper light-box" style={{ aspectRatio: `${width} / ${height}` }}>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-roledescription="drawing paper"
        aria-label={contents()}
        aria-describedby="paper-help"
        onPointerDown={(event) => {
          if (!event.isPrimary || event.button !== 0) return;
          byKeyboard.value = false;
          canvas.current!.setPointerCapture(event.pointerId);
          const [x, y] = points(event).slice(-2);
          beginStroke(x, y);
        }}
        onPointerMove={(event) => {
          if (event.isPrimary && canvas.current!.hasPointerCapture(event.pointerId)) {
            extendStroke(points(event));
          }
        }}
        onPointerUp={endStroke}
        onPointerCancel={endStroke}
        onKeyDown={(event) => {
          if (!penKey(event, width / side, height / side)) return;
          byKeyboard.value = true;
          event.preventDefault();
        }}
        onBlur={() => (byKeyboard.value = false)}
      />
      {shown && (
        <span
          class={shown.down ? "pen down" : "pen"}
          style={{
            left: `${(100 * shown.x * side) / width}%`,
            top: `${(100 * shown.y * side) / height}%`,
            width: `${(100 * brush.value * side) / width}%`,
          }}
        />
      )}
    </div>
  );
}

function contents(): string {
  if (isEmpty.value) return "Paper, empty";
  const drawn = strokes.value.length > 0 ? [counted(strokes.value.length, "stroke")] : [];
  return ["Paper", ...(picture.value ? ["a picture"] : []), ...drawn].join(", ");
}

/** Device pixels of the longer side: enough for the largest the paper is shown, on a fine screen. */
const RESOLUTION = 896;
const INK_STYLE = `rgb(${INK.join(" ")})`;

/** @param x,y what the frame's sides are of the longer one */
function paint(
  canvas: HTMLCanvasElement,
  below: GreyImage | null,
  drawing: readonly Stroke[],
  x: number,
  y: number,
): void {
  canvas.width = Math.round(RESOLUTION * x);
  canvas.height = Math.round(RESOLUTION * y);
  const context = canvas.getContext("2d")!;
  if (below) context.drawImage(inkOf(below), 0, 0, canvas.width, canvas.height);
  context.scale(RESOLUTION, RESOLUTION);
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = INK_STYLE;
  for (const { width, points } of drawing) {
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(points[0], points[1]);
    // A line to where it began makes a dot.
    context.lineTo(points[0], points[1]);
    for (let i = 2; i < points.length; i += 2) context.lineTo(points[i], points[i + 1]);
    context.stroke();
  }
}

/** The picture in the colour of ink, as thick as it is light. */
function inkOf({ width, height, pixels }: GreyImage): OffscreenCanvas {
  const layer = new OffscreenCanvas(width, height);
  layer.getContext("2d")!.putImageData(lit(pixels, height, width), 0, 0);
  return layer;
}
