/** The browser's temporary profile: removed with the job, and after a process that was killed by the next one. */
import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "backlit-chrome-";

/** A dying browser still writes for a moment. */
const PATIENTLY = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

export interface Profile {
  path: string;
  remove: () => Promise<void>;
}

export async function createProfile(): Promise<Profile> {
  await sweep();
  const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const onExit = (): void => rmSync(path, PATIENTLY);
  process.on("exit", onExit);
  return {
    path,
    remove: async () => {
      process.off("exit", onExit);
      await rm(path, PATIENTLY);
    },
  };
}

/** Removes the profiles of processes that are gone. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (owner && !isAlive(owner)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
