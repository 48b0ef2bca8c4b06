/** Which of several files is which of a dataset's four: by the parts of the names that MNIST gave its own. Pure. */
import { DATA_FILE_ROLES, type DataFileRole } from "../../data/dataset-files.ts";

type Named = Pick<File, "name">;

export interface Placed<T extends Named> {
  files: Partial<Record<DataFileRole, T>>;
  /** What no place was found for. */
  left: T[];
}

/**
 * Files with a usual name first; then those whose name says less, each into the first place that is still free and that its
 * name does not rule out.
 * @param order in which places are filled
 */
export function filesByName<T extends Named>(files: readonly T[], order: readonly DataFileRole[]): Placed<T> {
  const placed: Placed<T> = { files: {}, left: [] };
  // The fewer the places that a name leaves, the earlier it is a file's turn.
  const turns = files.map((file) => ({ file, roles: rolesOf(file) }));
  turns.sort((a, b) => a.roles.length - b.roles.length);
  for (const { file, roles } of turns) {
    const role = order.find((each) => roles.includes(each) && placed.files[each] === undefined);
    if (role === undefined) placed.left.push(file);
    else placed.files[role] = file;
  }
  return placed;
}

/** The places that a name leaves: train or t10k/test, images or labels. */
function rolesOf({ name }: Named): DataFileRole[] {
  const split = /t10k|test|val/i.test(name) ? "test" : /train/i.test(name) ? "train" : "";
  const kind = /label|idx1/i.test(name) ? "Labels" : /image|idx3/i.test(name) ? "Images" : "";
  return DATA_FILE_ROLES.filter((role) => role.startsWith(split) && role.endsWith(kind));
}
