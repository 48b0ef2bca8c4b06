/** The forms in which every kernel has to be right: tiles of both tuning tables, expanded and as loops. */
import { HARDWARE_TUNING, SOFTWARE_TUNING, type Tuning } from "../../gpu/tuning.ts";

export const VARIANTS: readonly Tuning[] = [
  { ...SOFTWARE_TUNING, name: "8x8 tiles, unrolled" },
  { ...SOFTWARE_TUNING, name: "8x8 tiles, loops", unrolled: false },
  { ...HARDWARE_TUNING, name: "4x4 tiles, unrolled" },
];
