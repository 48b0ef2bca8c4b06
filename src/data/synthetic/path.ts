/**
 * From a handwriting to the path of the pen: blends the handwriting's shapes, moves the points as an unsteady hand
 * would, draws smooth curves through them, then bends, slants and turns the whole.
 *
 * Lengths are in digit heights (hundredths in the tables), y downwards, the origin near the digit's middle. Only
 * +, -, *, / and sqrt are used, so the path is the same on every JavaScript engine.
 */
import type { Handwriting, Stroke } from "./handwriting.ts";
import type { SampleRandom } from "./sample-random.ts";
import { STYLE } from "./style.ts";

/** Control points of a stroke. */
export const MOST_CONTROL_POINTS = 32;
/** Points of a path; each span of a stroke takes at most 8. */
export const MOST_POINTS = 512;
/** Where the middle of a digit is in the tables. */
const MIDDLE_X = 30;
const MIDDLE_Y = 50;
/** Nodes of the wobble's grid along each side. */
const GRID = 4;

export class PenPath {
  /** Points of the path, `count` of them. */
  readonly x = new Float64Array(MOST_POINTS);
  readonly y = new Float64Array(MOST_POINTS);
  /** Pen pressure at each point, about 1. */
  readonly pressure = new Float64Array(MOST_POINTS);
  /** 1 where the pen was set down anew: no line leads here from the point before. */
  readonly starts = new Uint8Array(MOST_POINTS);
  count = 0;

  readonly #controlX = new Float64Array(MOST_CONTROL_POINTS);
  readonly #controlY = new Float64Array(MOST_CONTROL_POINTS);
  readonly #controlPressure = new Float64Array(MOST_CONTROL_POINTS);
  readonly #gridX = new Float64Array(GRID * GRID);
  readonly #gridY = new Float64Array(GRID * GRID);

  /** Draws one digit's path in this handwriting. */
  draw(handwriting: Handwriting, random: SampleRandom): void {
    this.count = 0;
    const shape = handwriting.shapes[random.below(handwriting.shapes.length)];
    const other = handwriting.shapes[random.below(handwriting.shapes.length)];
    const blend = random.between(STYLE.blend[0], STYLE.blend[1]);
    const roundness = random.between(STYLE.roundness[0], STYLE.roundness[1]);
    const unsteadiness = random.between(STYLE.jitter[0], STYLE.jitter[1]);
    const pressureSpread = random.between(0, STYLE.pressureSpread);
    for (let stroke = 0; stroke < shape.length; stroke++) {
      const points = this.#mix(shape[stroke], other[stroke], blend);
      this.#unsettle(points, unsteadiness, stroke === 0 ? 0 : STYLE.strokeWander, random);
      this.#press(points, pressureSpread, random);
      this.#curveThrough(points, roundness);
    }
    this.#bend(random);
  }

  /** Sets the control points to `stroke`, moved by the fraction `blend` towards `other`; returns how many there are. */
  #mix(stroke: Stroke, other: Stroke, blend: number): number {
    const points = stroke.length / 2;
    for (let p = 0; p < points; p++) {
      const x = stroke[2 * p];
      const y = stroke[2 * p + 1];
      this.#controlX[p] = (x + blend * (other[2 * p] - x) - MIDDLE_X) / 100;
      this.#controlY[p] = (y + blend * (other[2 * p + 1] - y) - MIDDLE_Y) / 100;
    }
    return points;
  }

  /** Moves the stroke by up to about twice `wander`, and each point by itself; corners stay corners. */
  #unsettle(points: number, unsteadiness: number, wander: number, random: SampleRandom): void {
    const x = this.#controlX;
    const y = this.#controlY;
    const offX = wander * random.normal();
    const offY = wander * random.normal();
    let beforeX = NaN;
    let beforeY = NaN;
    for (let p = 0; p < points; p++) {
      const isCorner = x[p] === beforeX && y[p] === beforeY;
      beforeX = x[p];
      beforeY = y[p];
      if (isCorner) {
        x[p] = x[p - 1];
        y[p] = y[p - 1];
        continue;
      }
      const isEnd = p === 0 || p === points - 1;
      const reach = unsteadiness * (isEnd ? STYLE.endJitter : 1);
      x[p] += offX + reach * random.normal();
      y[p] += offY + reach * random.normal();
    }
  }

  #press(points: number, spread: number, random: SampleRandom): void {
    for (let p = 0; p < points; p++) this.#controlPressure[p] = 1 + spread * random.normal();
  }

  /** Appends a cardinal spline through the control points (Catmull-Rom at roundness 0.5; 0 is straight lines). */
  #curveThrough(points: number, roundness: number): void {
    const cx = this.#controlX;
    const cy = this.#controlY;
    this.#append(cx[0], cy[0], this.#controlPressure[0], 1);
    for (let p = 0; p + 1 < points; p++) {
      const x0 = cx[p];
      const y0 = cy[p];
      const x1 = cx[p + 1];
      const y1 = cy[p + 1];
      const chord = Math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
      if (chord === 0) continue;
      // At a corner the neighbour is the point itself, which leaves the tangent to the chord.
      const before = p > 0 ? p - 1 : p;
      const after = p + 2 < points ? p + 2 : p + 1;
      const tx0 = roundness * (x1 - cx[before]);
      const ty0 = roundness * (y1 - cy[before]);
      const tx1 = roundness * (cx[after] - x0);
      const ty1 = roundness * (cy[after] - y0);
      const steps = Math.min(8, Math.max(2, Math.ceil(chord * STYLE.stepsPerHeight)));
      for (let s = 1; s <= steps; s++) {
        const t = s / steps;
        const u = 1 - t;
        const h0 = u * u * (1 + 2 * t);
        const h1 = t * t * (3 - 2 * t);
        const g0 = t * u * u;
        const g1 = -t * t * u;
        this.#append(
          h0 * x0 + h1 * x1 + g0 * tx0 + g1 * tx1,
          h0 * y0 + h1 * y1 + g0 * ty0 + g1 * ty1,
          u * this.#controlPressure[p] + t * this.#controlPressure[p + 1],
          0,
        );
      }
    }
  }

  #append(x: number, y: number, pressure: number, starts: number): void {
    this.x[this.count] = x;
    this.y[this.count] = y;
    this.pressure[this.count] = pressure;
    this.starts[this.count] = starts;
    this.count++;
  }

  /** Elastic wobble, taper, uneven halves, aspect, slant and rotation, in this order. */
  #bend(random: SampleRandom): void {
    const wobble = random.between(STYLE.wobble[0], STYLE.wobble[1]);
    for (let node = 0; node < GRID * GRID; node++) {
      this.#gridX[node] = wobble * random.normal();
      this.#gridY[node] = wobble * random.normal();
    }
    const taper = STYLE.taper * random.normal();
    const waist = STYLE.waist * random.normal();
    const bow = STYLE.bow * random.normal();
    const width = Math.max(STYLE.leastWidth, 1 + STYLE.aspectSpread * random.normal());
    const slant = STYLE.slant + STYLE.slantSpread * random.normal();
    // tan(angle / 2), which gives sine and cosine by exact arithmetic.
    const half = STYLE.rotationSpread * random.normal() * 0.5;
    const cosine = (1 - half * half) / (1 + half * half);
    const sine = (2 * half) / (1 + half * half);
    for (let i = 0; i < this.count; i++) {
      let x = this.x[i];
      let y = this.y[i];
      const node = gridPosition(x, y);
      x += interpolate(this.#gridX, node);
      y += interpolate(this.#gridY, node);
      const fromMiddle = 1 - 4 * y * y;
      x = x * (1 + taper * y) + bow * fromMiddle;
      y += waist * fromMiddle;
      x = x * width - slant * y;
      this.x[i] = cosine * x - sine * y;
      this.y[i] = sine * x + cosine * y;
    }
  }
}

/** Cell and smoothed place in the cell of a point, for `interpolate`; one shared object, overwritten by each call. */
const position = { cell: 0, u: 0, v: 0 };
function gridPosition(x: number, y: number): typeof position {
  // The grid covers x from -0.45 to 0.45 and y from -0.55 to 0.55.
  const gx = Math.min(GRID - 1.001, Math.max(0, (x + 0.45) * ((GRID - 1) / 0.9)));
  const gy = Math.min(GRID - 1.001, Math.max(0, (y + 0.55) * ((GRID - 1) / 1.1)));
  const column = Math.floor(gx);
  const row = Math.floor(gy);
  const u = gx - column;
  const v = gy - row;
  position.cell = row * GRID + column;
  position.u = u * u * (3 - 2 * u);
  position.v = v * v * (3 - 2 * v);
  return position;
}

function interpolate(grid: Float64Array, { cell, u, v }: typeof position): number {
  const top = grid[cell] * (1 - u) + grid[cell + 1] * u;
  const bottom = grid[cell + GRID] * (1 - u) + grid[cell + GRID + 1] * u;
  return top * (1 - v) + bottom * v;
}
