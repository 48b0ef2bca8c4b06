/**
 * How far handwriting strays from its skeletons: every spread that the drawing code uses. Lengths are in digit heights,
 * unless they say pixels; `[low, high]` is drawn uniformly per digit, a plain number is a standard deviation.
 */
export const STYLE = {
  /** How far a shape is moved towards another one of its handwriting, as a fraction; below 0 is away from it. */
  blend: [-0.15, 0.5],
  /** Unsteadiness of the hand: how far each control point strays. */
  jitter: [0.01, 0.045],
  /** The first and last point of a stroke stray this many times as far. */
  endJitter: 1.5,
  /** How far strokes after the first are set down off their place. */
  strokeWander: 0.025,
  /** Tangents of the curves: 0.5 is the usual smoothness, less is angular, more is loopy. */
  roundness: [0.42, 0.6],
  /** Displacements of the wobble's grid. */
  wobble: [0, 0.08],
  /** Relative growth in width from top to base. */
  taper: 0.35,
  /** How far the middle moves down, which makes upper and lower half uneven. */
  waist: 0.07,
  /** How far the middle moves sideways. */
  bow: 0.06,
  /** Of the width, around 1. */
  aspectSpread: 0.2,
  leastWidth: 0.45,
  /** Mean and spread of the slant to the right: sideways per height. */
  slant: 0.1,
  slantSpread: 0.24,
  /** Radians. */
  rotationSpread: 0.15,
  /** Greatest relative spread of pressure along the strokes. */
  pressureSpread: 0.25,
  /** Pen width, pixels: usual width, relative spread and how far thick pens reach beyond thin ones, bounds. */
  penWidth: 2.5,
  penWidthSpread: 0.27,
  penWidthSkew: 0.07,
  penWidthBounds: [1.6, 5],
  /** Width of the ink's soft edge, pixels. */
  softness: [0.8, 1.2],
  /** Raggedness of the ink's edge, pixels. */
  raggedness: 0.12,
  /** Line segments per digit height of curve. */
  stepsPerHeight: 14,
} as const;
