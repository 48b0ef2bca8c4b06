/** What there is to train on: synthetic digits, the catalogue's sets that a page may read, and the person's own files. */
import { computed, signal } from "@preact/signals";
import {
  browserObstacle,
  CATALOGUE,
  downloadBytes,
  USUAL_SHAPE,
  type CatalogueEntry,
} from "../../data/catalogue.ts";
import { DATA_FILE_ROLES, type DataFileRole } from "../../data/dataset-files.ts";
import { byteSize } from "../format.ts";
import type { DataChoice } from "../../worker/trainer-api.ts";

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

/** Images to train on, validation included; undefined for own files, which have not been read yet. */
export function trainingRowsOf(data: string): number | undefined {
  return data === OWN_FILES ? undefined : USUAL_SHAPE.train;
}

/** Under which offer a dataset is found that a run names: what is none of them was somebody's own files. */
export function offerOf(dataset: string): string {
  return OFFERS.some(({ name }) => name === dataset) ? dataset : OWN_FILES;
}

export const ROLE_LABELS: Record<DataFileRole, string> = {
  trainImages: "Training images",
  trainLabels: "Training labels",
  testImages: "Test images",
  testLabels: "Test labels",
};

export const ownFiles = signal<Partial<Record<DataFileRole, File>>>({});

export const missingFiles = computed(() => DATA_FILE_ROLES.filter((role) => !ownFiles.value[role]));

/** One file goes where it was chosen; several at once go where their usual names say. */
export function chooseFiles(role: DataFileRole, files: readonly File[]): void {
  const placed = files.length === 1 ? { [role]: files[0] } : placeByName(files);
  ownFiles.value = { ...ownFiles.value, ...placed };
}

/** Several files at once, each where its name says. */
export function placeFiles(files: readonly File[]): void {
  ownFiles.value = { ...ownFiles.value, ...placeByName(files) };
}

/** By the parts of the names that MNIST gave its files: train or t10k/test, images or labels. */
function placeByName(files: readonly File[]): Partial<Record<DataFileRole, File>> {
  const placed: Partial<Record<DataFileRole, File>> = {};
  for (const file of files) {
    const what = /label|idx1/i.test(file.name) ? "Labels" : "Images";
    const split = /t10k|test|val/i.test(file.name) ? "test" : "train";
    placed[`${split}${what}`] = file;
  }
  return placed;
}

/** What the worker is to load; undefined while own files are missing. */
export function dataChoice(name: string): DataChoice | undefined {
  if (name === "synthetic") return { kind: "synthetic" };
  if (name !== OWN_FILES) return { kind: "catalogue", name };
  if (missingFiles.value.length > 0) return undefined;
  return { kind: "files", files: ownFiles.value as Record<DataFileRole, File> };
}
