/**
 * LibreOffice, which the tests open workbooks with. Plain Node without dependencies, like setup.js: what is there is used,
 * and where it can be had (as root on Debian or Ubuntu) it is installed; elsewhere those tests are skipped.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { runQuietly, say } from "./setup.js";

const PACKAGE = "libreoffice-calc-nogui";
const PLACES = ["soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice"];

/** @returns {string | undefined} the program that opens spreadsheets without a window */
export function findOffice() {
  return PLACES.find(
    (program) => spawnSync(program, ["--version"], { stdio: "ignore", timeout: 60_000 }).status === 0,
  );
}

/** @returns {string | undefined} the same, installed first where that can be done */
export function ensureOffice() {
  const found = findOffice();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    say(`Installing LibreOffice to open workbooks with (apt-get install -y ${PACKAGE}) …`);
    const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    const install = () =>
      runQuietly("apt-get", ["install", "-y", "--no-install-recommends", PACKAGE], options);
    if (install() || (runQuietly("apt-get", ["update"], options) && install())) return findOffice();
  }
  say("There is no LibreOffice, so the tests that open workbooks are skipped.");
  return undefined;
}
