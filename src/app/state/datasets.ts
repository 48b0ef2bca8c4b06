/** What there is to train on: synthetic digits, the catalogue's sets that a page may read, and the person's own files. */
import {
  browserObstacle,
  CATALOGUE,
  downloadBytes,
  USUAL_SHAPE,
  type CatalogueEntry,
} from "../../data/catalogue.ts";
import { byteSize } from "../format.ts";
import type { DataChoice } from "../../worker/trainer-api.ts";
import { chosenFiles, ownShape, type DataShape } from "./own-files.ts";

export interface DatasetOffer {
  name: string;
  title: string;
  note: string;
}

/** A link can say that a run is on these, but not hold them: where it is opened they are asked for. */
export const OWN_FILES = "files";

export const OFFERS: readonly DatasetOffer[] = [
  { name: "synthetic", title: "Synthetic digits", note: "drawn here, no download" },
  ...Object.values(CATALOGUE)
    .filter(({ mirrors }) => mirrors.some((mirror) => browserObstacle(mirror) === undefined))
    .map((entry) => ({
      name: entry.name,
      title: entry.title,
      note: `${downloadSize(entry)}${entry.licence}`,
    })),
  { name: OWN_FILES, title: "Own files", note: "four IDX files from this computer" },
];

/** `11.6 MB download, `, as it is also counted while it comes; empty where the size is not known. */
function downloadSize(entry: CatalogueEntry): string {
  const bytes = downloadBytes(entry);
  return bytes === undefined ? "" : `${byteSize(bytes)} download, `;
}

/** Sets of the catalogue that no page may read: none of their mirrors allows it. */
export const UNREADABLE = Object.values(CATALOGUE).filter(({ mirrors }) =>
  mirrors.every((mirror) => browserObstacle(mirror) !== undefined),
);

/** What a dataset is called; its own name where it is none of those offered. */
export function datasetTitle(dataset: string): string {
  return OFFERS.find(({ name }) => name === dataset)?.title ?? dataset;
}

/** Of a dataset that can be chosen; undefined for own files until all four are known. */
export function shapeOfData(data: string): DataShape | undefined {
  return data === OWN_FILES ? ownShape.value : USUAL_SHAPE;
}

/** Under which offer a dataset is found that a run names: what is none of them was somebody's own files. */
export function offerOf(dataset: string): string {
  return OFFERS.some(({ name }) => name === dataset) ? dataset : OWN_FILES;
}

/** What the worker is to load; undefined until all own files have been chosen and found to be what they should be. */
export function dataChoice(name: string): DataChoice | undefined {
  if (name === "synthetic") return { kind: "synthetic" };
  if (name !== OWN_FILES) return { kind: "catalogue", name };
  return ownShape.value && { kind: "files", files: chosenFiles() };
}
