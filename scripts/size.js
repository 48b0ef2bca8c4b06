/**
 * `npm run size`: how large the core of the library is that a page takes in to train on a device it is given: bundled,
 * minified and gzipped, packages included. Fails above the limit.
 *
 * As a module: `measureCore()` gives the sizes, in bytes.
 */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { bareShaders } from "./bare-shaders.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** 40 KB. */
export const LIMIT = 40_000;

/** What a page needs: a device in, training out. */
const ENTRY = "virtual:core";
const CORE = `export { createGpuEngine, requestDevice, train } from ${JSON.stringify(`${root}src/index.ts`)};`;

/** @returns {Promise<{ code: string, minified: number, gzip: number }>} */
export async function measureCore() {
  const { build } = await import("vite");
  const bundle = await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "silent",
    plugins: [
      // As the library is built.
      bareShaders(),
      {
        name: "core",
        resolveId: (id) => (id === ENTRY ? `\0${ENTRY}` : null),
        load: (id) => (id === `\0${ENTRY}` ? CORE : null),
      },
    ],
    build: {
      write: false,
      minify: true,
      target: "es2022",
      // Not as a library, whose formats keep white space for whoever bundles them next.
      rolldownOptions: {
        input: ENTRY,
        preserveEntrySignatures: "strict",
        output: { format: "es", codeSplitting: false },
      },
    },
  });
  const { output } = Array.isArray(bundle) ? bundle[0] : bundle;
  const code = output.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("");
  return { code, minified: Buffer.byteLength(code), gzip: gzipSync(code, { level: 9 }).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { ensureDependencies } = await import("./setup.js");
  await ensureDependencies();
  const { minified, gzip } = await measureCore();
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  process.stdout.write(
    `core ${kilobytes(gzip)} gzip, ${kilobytes(minified)} minified; at most ${kilobytes(LIMIT)} gzip\n`,
  );
  process.exitCode = gzip > LIMIT ? 1 : 0;
}
