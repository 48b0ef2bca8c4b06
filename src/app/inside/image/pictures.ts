/** The images to pick from: those of the last run, the ones that it read worst, one's own drawing, and digits drawn here. Pure. */
import type { GreyImage } from "../../../data/images/grey-image.ts";
import type { DatasetSummary } from "../../../model/metadata.ts";
import type { EvaluationEvent } from "../../../worker/job.ts";
import type { SamplesEvent } from "../../../worker/trainer-api.ts";

export const SOURCES = ["samples", "mistakes", "drawing", "synthetic"] as const;
export type Source = (typeof SOURCES)[number];

export interface Picture {
  /** `[height * width]` bytes */
  pixels: Uint8Array;
  /** Missing where nobody has said what it is. */
  label?: number;
}

export interface Shelf {
  source: Source;
  title: string;
  pictures: Picture[];
}

export interface Given {
  samples: SamplesEvent | null;
  evaluation: EvaluationEvent | null;
  /** What a person drew, as the model is given it. */
  drawing: GreyImage | undefined;
  preview: SamplesEvent | null;
}

/** What there is that the model can read: of its size, and labelled by its classes. */
export function shelvesFor(
  { height, width, classes }: Pick<DatasetSummary, "height" | "width" | "classes">,
  { samples, evaluation, drawing, preview }: Given,
): Shelf[] {
  const fits = (size: { height: number; width: number }): boolean =>
    size.height === height && size.width === width;
  const shelf = (source: Source, title: string, pictures: Picture[]): Shelf[] => {
    const known = pictures.filter(({ label }) => label === undefined || label < classes.length);
    return known.length > 0 ? [{ source, title, pictures: known }] : [];
  };
  return [
    ...(samples && fits(samples)
      ? shelf("samples", `Training images, ${samples.name}`, picturesOf(samples))
      : []),
    ...(evaluation && fits(evaluation.dataset)
      ? shelf(
          "mistakes",
          "The run's worst mistakes",
          evaluation.mistakes.map(({ pixels, truth }) => ({ pixels, label: truth })),
        )
      : []),
    ...(drawing && fits(drawing) ? shelf("drawing", "Your drawing", [{ pixels: drawing.pixels }]) : []),
    ...(preview && fits(preview) ? shelf("synthetic", "Digits drawn here", picturesOf(preview)) : []),
  ];
}

function picturesOf({ images, labels, height, width }: SamplesEvent): Picture[] {
  const size = height * width;
  return Array.from(labels, (label, index) => ({
    pixels: images.subarray(index * size, (index + 1) * size),
    label,
  }));
}
