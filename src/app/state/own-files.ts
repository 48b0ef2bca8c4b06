/** The person's own files: which were chosen for what, what each was found to hold, and what is wrong with them. */
import { batch, computed, signal } from "@preact/signals";
import {
  classCount,
  classCountError,
  mismatches,
  type ImagesFacts,
  type LabelsFacts,
} from "../../data/data-file-facts.ts";
import { DATA_FILE_ROLES, type DataFileRole } from "../../data/dataset-files.ts";
import type { DataFileLook } from "../../worker/data-file-look.ts";
import type { Shape } from "../../worker/footprint.ts";
import type { Failure } from "./advice.ts";
import { filesByName } from "./files-by-name.ts";
import { lookAtFileInWorker } from "./reader.ts";
import { brokenWorker } from "./worker-task.ts";

/** Of a dataset, its test images counted, too. */
export interface DataShape extends Shape {
  test: number;
}

export const ROLE_LABELS: Record<DataFileRole, string> = {
  trainImages: "Training images",
  trainLabels: "Training labels",
  testImages: "Test images",
  testLabels: "Test labels",
};

interface ChosenFile {
  file: File;
  /** What it holds, or what is wrong with it; null while it is being read. */
  found: DataFileLook | (Failure & { type: "error" }) | null;
}

export const ownFiles = signal<Partial<Record<DataFileRole, ChosenFile>>>({});

export const missingFiles = computed(() => DATA_FILE_ROLES.filter((role) => !ownFiles.value[role]));

/** One file goes where it was chosen; several at once go where their usual names say. */
export function chooseFiles(role: DataFileRole, files: readonly File[]): void {
  if (files.length > 1) {
    placeFiles(files);
    return;
  }
  batch(() => {
    place({ [role]: files[0] });
    unplacedFiles.value = [];
  });
}

/** What was given last and found no place: its names. */
export const unplacedFiles = signal<readonly string[]>([]);

/**
 * Several files at once, each where its name says, or else where one is missing, or wrong.
 * @param others that were given with them, and are none of a dataset
 */
export function placeFiles(given: readonly File[], others: readonly File[] = []): void {
  const rank = (role: DataFileRole): number =>
    ownFiles.peek()[role] === undefined ? 0 : fileProblems.peek()[role] === undefined ? 2 : 1;
  const order = [...DATA_FILE_ROLES].sort((a, b) => rank(a) - rank(b));
  const { files, left } = filesByName(given, order);
  batch(() => {
    place(files);
    unplacedFiles.value = [...left, ...others].map(({ name }) => name);
  });
}

function place(files: Partial<Record<DataFileRole, File>>): void {
  for (const [role, file] of Object.entries(files) as [DataFileRole, File][]) {
    const show = (found: ChosenFile["found"]): void => {
      ownFiles.value = { ...ownFiles.value, [role]: { file, found } };
    };
    show(null);
    // What another file has taken the place of meanwhile, nobody asks about any more.
    const isStillChosen = (): boolean => ownFiles.peek()[role]?.file === file;
    lookAtFileInWorker(role, file).then(
      (found) => isStillChosen() && show(found),
      (error: unknown) => isStillChosen() && show({ type: "error", ...brokenWorker(error) }),
    );
  }
}

const images = (role: "trainImages" | "testImages"): Extract<DataFileLook, ImagesFacts> | undefined => {
  const found = ownFiles.value[role]?.found;
  return found && "kind" in found && found.kind === "images" ? found : undefined;
};

const labels = (role: "trainLabels" | "testLabels"): LabelsFacts | undefined => {
  const found = ownFiles.value[role]?.found;
  return found && "kind" in found && found.kind === "labels" ? found : undefined;
};

/** Of the files that are what they should be by themselves. */
const facts = computed(() => ({
  trainImages: images("trainImages"),
  trainLabels: labels("trainLabels"),
  testImages: images("testImages"),
  testLabels: labels("testLabels"),
}));

/** What is wrong with a file, by itself or beside the others. */
export const fileProblems = computed(() => {
  const problems: Partial<Record<DataFileRole, Pick<Failure, "message" | "hint">>> = {};
  for (const { role, error } of mismatches(facts.value)) problems[role] ??= error;
  const { trainLabels, testLabels } = facts.value;
  const classes =
    trainLabels && testLabels && classCountError(classCount(trainLabels, testLabels), "this data");
  if (classes) problems.testLabels ??= classes;
  for (const role of DATA_FILE_ROLES) {
    const found = ownFiles.value[role]?.found;
    if (found && "type" in found) problems[role] = found;
  }
  return problems;
});

/** Undefined until all four files are known and fit each other. */
export const ownShape = computed((): DataShape | undefined => {
  const { trainImages, trainLabels, testImages, testLabels } = facts.value;
  if (!trainImages || !trainLabels || !testImages || !testLabels) return undefined;
  if (Object.keys(fileProblems.value).length > 0) return undefined;
  const { height, width, rows: train } = trainImages;
  return { height, width, classes: classCount(trainLabels, testLabels), train, test: testImages.rows };
});

/** The first training images, once they are known. */
export const ownSamples = computed(() => {
  const found = facts.value.trainImages;
  return found && { height: found.height, width: found.width, images: found.first };
});

/** Why no run can begin on own files; undefined where one can. */
export const filesObstacle = computed((): string | undefined => {
  const missing = missingFiles.value.length;
  const wrong = DATA_FILE_ROLES.filter((role) => fileProblems.value[role]);
  if (wrong.length > 0) {
    const named = wrong.map((role) => ROLE_LABELS[role].toLowerCase()).join(", ");
    return `Not these files: see the ${named}.`;
  }
  if (missing > 0)
    return `Choose ${missing === DATA_FILE_ROLES.length ? "the four" : "the missing"} IDX files first.`;
  return ownShape.value ? undefined : "Looking at the files.";
});

/** All four. Only to be called once `ownShape` is known. */
export function chosenFiles(): Record<DataFileRole, File> {
  const entries = DATA_FILE_ROLES.map((role) => [role, ownFiles.value[role]!.file] as const);
  return Object.fromEntries(entries) as Record<DataFileRole, File>;
}
