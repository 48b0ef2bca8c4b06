/** What a held model can be tried on: which of the datasets on offer are at hand, and whether it can read them. */
import type { Model } from "../../model/model-file.ts";
import { offerOf, OFFERS, OWN_FILES, shapeOfData } from "../state/datasets.ts";

type Images = Pick<Model["dataset"], "name" | "height" | "width" | "classes">;

export interface TestData {
  name: string;
  title: string;
  /** Why the model cannot be tried on it, in a few words; undefined where it can. */
  obstacle: string | undefined;
}

/** @param images what the model was trained on */
export function testDataFor(images: Images): TestData[] {
  return OFFERS.map(({ name, title }) => ({ name, title, obstacle: obstacle(name, images) }));
}

function obstacle(name: string, { height, width, classes }: Images): string | undefined {
  const shape = shapeOfData(name);
  if (shape === undefined) return "not chosen";
  const fits = shape.height === height && shape.width === width && shape.classes === classes.length;
  return fits ? undefined : `${shape.height} × ${shape.width}, ${shape.classes} classes`;
}

/** What it was trained on, where that is at hand, else the first that it can read; undefined without any. */
export function firstChoice({ name: trainedOn }: Images, data: readonly TestData[]): string | undefined {
  const possible = data.filter((each) => each.obstacle === undefined);
  return (possible.find(({ name }) => name === offerOf(trainedOn)) ?? possible[0])?.name;
}

/** Whether it was trained on somebody's own files, and these have to be chosen first. */
export function wantsOwnFiles({ name }: Images): boolean {
  return offerOf(name) === OWN_FILES && shapeOfData(OWN_FILES) === undefined;
}
