#!/usr/bin/env node
/**
 * The command. In a checkout it first does what is missing (scripts/setup.js, whose messages go to standard error); then
 * it runs in this very process, so that signals reach it directly.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const setup = new URL("../scripts/setup.js", import.meta.url);
let obtainChrome;
if (existsSync(fileURLToPath(setup)) && process.env.BACKLIT_SETUP !== "skip") {
  const { ensureChrome, setUp } = await import(setup.href);
  await setUp({ build: true });
  obtainChrome = ensureChrome;
}
const { main } = await import("../dist/cli/main.js");
// Dawn and Puppeteer can keep a finished process alive, so the end is explicit.
process.exit(await main(process.argv.slice(2), { obtainChrome }));
