/** Loads what the page chose to train on, says how far it is, and keeps the last dataset for the next run. */
import type { Dataset } from "../core/dataset.ts";
import { catalogueEntry, downloadBytes } from "../data/catalogue.ts";
import {
  DATA_FILE_ROLES,
  datasetFromFiles,
  type DataFileRole,
  type DataFiles,
} from "../data/dataset-files.ts";
import { loadFromCatalogue } from "../data/download.ts";
import { withHash } from "../data/hash.ts";
import { syntheticDataset } from "../data/synthetic/dataset.ts";
import { createBrowserCache } from "./browser-cache.ts";
import { readFile, sampleCount } from "./data-file-look.ts";
import type { DataChoice, DataEvent, SamplesEvent } from "./trainer-api.ts";
import type { WarningEvent } from "../train/events.ts";

type Report = (event: DataEvent | WarningEvent) => void;

export class PageData {
  #last: { key: string; dataset: Dataset } | undefined;

  /** @throws DataError, DownloadError */
  async open(choice: DataChoice, report: Report): Promise<Dataset> {
    const key = keyOf(choice);
    if (this.#last?.key !== key) {
      // Two datasets at once could be more than a small device has memory for.
      this.#last = undefined;
      this.#last = { key, dataset: await load(choice, report) };
    }
    return this.#last.dataset;
  }

  /** With the test images at least: of synthetic digits no others are drawn. @throws as open */
  async openTest(choice: DataChoice, report: Report): Promise<Dataset> {
    if (choice.kind !== "synthetic" || this.#last?.key === keyOf(choice)) return this.open(choice, report);
    report({ type: "data", activity: "drawing", done: 0, total: null, file: "", mirror: "" });
    return syntheticDataset({ train: 1 });
  }
}

/** The first images of the training split, as many as are shown. */
export function samplesOf(dataset: Dataset): SamplesEvent {
  const { name, height, width, train } = dataset;
  const count = sampleCount(dataset);
  return {
    type: "samples",
    name,
    height,
    width,
    images: train.images.slice(0, count * height * width),
    labels: train.labels.slice(0, count),
  };
}

function keyOf(choice: DataChoice): string {
  if (choice.kind !== "files") return choice.kind === "catalogue" ? choice.name : choice.kind;
  const files = DATA_FILE_ROLES.map((role) => choice.files[role]);
  return JSON.stringify(files.map(({ name, size, lastModified }) => [name, size, lastModified]));
}

async function load(choice: DataChoice, report: Report): Promise<Dataset> {
  const progress = (changes: Omit<DataEvent, "type" | "file" | "mirror"> & Partial<DataEvent>): void =>
    report({ type: "data", file: "", mirror: "", ...changes });
  switch (choice.kind) {
    case "synthetic": {
      const dataset = syntheticDataset({
        onProgress: (done, total) => progress({ activity: "drawing", done, total }),
      });
      return withHash(dataset);
    }
    case "catalogue":
      return download(choice.name, progress, report);
    case "files":
      progress({ activity: "reading", done: 0, total: null });
      return readFiles(choice.files);
  }
}

async function download(
  name: string,
  progress: (changes: Pick<DataEvent, "activity" | "done" | "total"> & Partial<DataEvent>) => void,
  report: Report,
): Promise<Dataset> {
  const total = downloadBytes(catalogueEntry(name)) ?? null;
  const received = new Map<string, number>();
  progress({ activity: "downloading", done: 0, total });
  return loadFromCatalogue(name, {
    cache: createBrowserCache(),
    environment: "browser",
    onProgress({ file, mirror, received: bytes }) {
      received.set(file, bytes);
      const done = [...received.values()].reduce((sum, size) => sum + size, 0);
      progress({ activity: "downloading", done, total, file, mirror });
    },
    onWarning: (warning) => report({ type: "warning", hint: "", ...warning }),
  });
}

async function readFiles(files: Record<DataFileRole, File>): Promise<Dataset> {
  const contents = {} as DataFiles;
  const fileNames = {} as Record<DataFileRole, string>;
  for (const role of DATA_FILE_ROLES) {
    fileNames[role] = files[role].name;
    contents[role] = await readFile(files[role]);
  }
  return datasetFromFiles(contents, { name: "own files", fileNames });
}
