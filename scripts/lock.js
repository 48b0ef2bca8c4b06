/** One installation or build at a time in a checkout, also when several commands start together. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Runs `work` while holding the lock `name`; waits while another live process holds it.
 * @template T
 * @param {string} root the checkout
 * @param {string} name
 * @param {(line: string) => void} say told once when there is someone to wait for
 * @param {() => T | Promise<T>} work
 */
export async function withLock(root, name, say, work) {
  const folder = join(root, ".cache");
  const file = join(folder, `${name}.lock`);
  mkdirSync(folder, { recursive: true });
  for (let waited = false; !tryLock(file);) {
    if (!waited) say(`Waiting for another ${name} to finish …`);
    waited = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (!ownerIsAlive(file)) rmSync(file, { force: true });
  return false;
}

function ownerIsAlive(file) {
  try {
    const owner = Number(readFileSync(file, "utf8"));
    // Between creation and writing the file is empty for an instant.
    if (!owner) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
