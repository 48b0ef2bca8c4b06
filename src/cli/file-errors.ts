/** Why the system would not read or write a file, in words. */

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EISDIR: "it is a folder, not a file",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such file",
  ENOSPC: "no space is left on the device",
  ENOTDIR: "a part of the path is a file, not a folder",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
};

/** @param error as Node throws it; its own message where the cause is a rare one */
export function reasonOf(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}
