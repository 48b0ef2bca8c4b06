/** Finds the four files of a dataset in a folder, under any of the names they go by. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../core/errors.ts";
import { DATA_FILE_ROLES, type DataFileRole } from "../data/dataset-files.ts";

/** Paths of the files found; a role is missing when no file has its name. */
export type DataFilePaths = Partial<Record<DataFileRole, string>>;

export interface FolderContents {
  folder: string;
  paths: DataFilePaths;
  /** Names of everything in the folder. */
  entries: string[];
}

/** `train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte.gz`, `emnist-letters-test-images-idx3-ubyte`, … */
const NAME = /^(?:.*[-_.])?(train|t10k|test)[-_.](images|labels)[-_.]idx[13][-_.]ubyte(\.gz)?$/i;

const ROLES: Record<string, DataFileRole> = {
  "train images": "trainImages",
  "train labels": "trainLabels",
  "test images": "testImages",
  "test labels": "testLabels",
};

const USUAL_NAMES: Record<DataFileRole, string> = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

export function isComplete(paths: DataFilePaths): paths is Record<DataFileRole, string> {
  return DATA_FILE_ROLES.every((role) => paths[role] !== undefined);
}

/**
 * Where a file is there both gzipped and raw, the gzipped one counts: it is the one publishers give sums for.
 * @returns undefined when there is no such folder
 * @throws DataError `data/folder` when it cannot be read, `data/ambiguous` when two files could be the same one
 */
export async function listDataFiles(folder: string): Promise<FolderContents | undefined> {
  let entries: string[];
  try {
    entries = (await readdir(folder)).sort();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new DataError(
      "data/folder",
      code === "ENOTDIR"
        ? `${folder} is a file, not a folder`
        : `the folder ${folder} cannot be read: ${message}`,
      { hint: "Name a folder that holds the four IDX files.", cause: error },
    );
  }
  const paths: DataFilePaths = {};
  const chosen: Partial<Record<DataFileRole, string>> = {};
  for (const name of entries) {
    const match = NAME.exec(name);
    if (!match) continue;
    const role = ROLES[`${match[1].toLowerCase() === "train" ? "train" : "test"} ${match[2].toLowerCase()}`];
    const other = chosen[role];
    if (other !== undefined && withoutGzip(other) !== withoutGzip(name)) {
      throw new DataError("data/ambiguous", `${folder} holds both ${other} and ${name}: which is meant?`, {
        hint: "Keep the four files of one dataset in a folder of their own.",
      });
    }
    // Sorted, so the gzipped name comes after the raw one and takes its place.
    chosen[role] = name;
    paths[role] = join(folder, name);
  }
  return { folder, paths, entries };
}

/** The usual names of the roles that have no file. */
export function missingNames(paths: DataFilePaths): string[] {
  return DATA_FILE_ROLES.filter((role) => paths[role] === undefined).map((role) => USUAL_NAMES[role]);
}

function withoutGzip(name: string): string {
  return name.replace(/\.gz$/i, "");
}
