/**
 * Four bundles from one tree (`vite build --mode …`, all of them by scripts/build.js):
 * `app` the page, `headless` the page that Puppeteer drives, `lib` the public library, `cli` the command.
 */
import { preact } from "@preact/preset-vite";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { defineConfig, type Plugin, type UserConfig } from "vite";
import { bareShaders } from "./scripts/bare-shaders.js";

/** The versions that a benchmark's result names, by package. */
function builtWith(): Record<string, string> {
  const names = [
    "@tensorflow/tfjs-core",
    "@tensorflow/tfjs-backend-webgpu",
    "@tensorflow/tfjs-backend-wasm",
    "@jax-js/jax",
  ];
  const folders = names.map((name) => [name, join("node_modules", name)]);
  return Object.fromEntries(
    [["backlit", "."], ...folders].map(([name, folder]) => {
      const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        version: string;
      };
      return [name, version];
    }),
  );
}

const define = { BUILT_WITH: JSON.stringify(builtWith()) };
/** A build that takes its time on a busy machine is nothing to warn of. */
const checks = { bundlerTimings: false };
const shared: UserConfig = { build: { target: "es2022", emptyOutDir: true } };
/** What lies in public/ belongs to the page alone. */
const bare: UserConfig = { publicDir: false, define };

const PEER = /node_modules[\\/](@tensorflow|@jax-js)[\\/]/;

/** The benchmark's peers in a folder of their own, which the npm package leaves out. */
function chunkFileNames({ moduleIds }: { moduleIds: string[] }): string {
  return moduleIds.some((id) => PEER.test(id)) ? "peers/[name]-[hash].js" : "assets/[name]-[hash].js";
}

/**
 * Beside the peers' chunks, the binaries that TensorFlow.js fetches by their names. Its threads run the text of a
 * function, which must not name what a bundler may rename around it; and there is no `__dirname` in a module.
 */
function peerBinaries(into = "peers"): Plugin {
  const names = ["tfjs-backend-wasm", "tfjs-backend-wasm-simd", "tfjs-backend-wasm-threaded-simd"];
  return {
    name: "peer-binaries",
    transform(code, id) {
      if (!/tfjs-backend-wasm[\\/]wasm-out[\\/].*\.js$/.test(id)) return null;
      return code
        .replace('typeof _scriptDir !== "undefined" && _scriptDir', "false")
        .replace('Module["mainScriptUrlOrBlob"]||_scriptDir', 'Module["mainScriptUrlOrBlob"]')
        .replaceAll("__dirname", '""');
    },
    generateBundle() {
      const folder = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
      for (const name of names) {
        const source = readFileSync(join(folder, `${name}.wasm`));
        this.emitFile({ type: "asset", fileName: `${into}/${name}.wasm`, source });
      }
    },
  };
}

/** What only the benchmark page loads lies in its folder: there its service worker may see it, and nowhere else. */
function benchApart(file: { name?: string; names?: string[] }): string {
  const name = file.name ?? file.names?.[0] ?? "";
  const extension = file.names === undefined ? ".js" : "[extname]";
  return `${name.startsWith("bench") ? "bench" : "assets"}/[name]-[hash]${extension}`;
}

/** `npm start` isolates the benchmark page by itself; on other hosts a service worker does (public/bench/isolation.js). */
function isolatedBench(): Plugin {
  return {
    name: "isolated-bench",
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.url?.startsWith("/bench/")) {
          response.setHeader("cross-origin-opener-policy", "same-origin");
          response.setHeader("cross-origin-embedder-policy", "require-corp");
        }
        next();
      });
    },
  };
}

/** Writes the page's service worker, with the names of all files that it keeps. */
function keptOffline(): Plugin {
  let folder = "";
  return {
    name: "kept-offline",
    apply: "build",
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    closeBundle() {
      const names = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
        // Icons are read by whoever installs the page, not by the page.
        .filter((name) => !/^bench\/|^icon-|^service-worker\.js$/.test(name))
        .sort();
      const hash = createHash("sha256");
      for (const name of names) hash.update(name).update(readFileSync(join(folder, name)));
      const head =
        `const VERSION = ${JSON.stringify(hash.digest("hex").slice(0, 12))};\n` +
        `const FILES = ${JSON.stringify(names.map((name) => `./${name}`))};\n`;
      const text = readFileSync("src/app/service-worker.js", "utf8");
      writeFileSync(join(folder, "service-worker.js"), head + text);
    },
  };
}

/** Those of KaTeX's fonts that the formulas of a derivation use, and these as WOFF2 alone. */
const FONTS = ["Main-Regular", "Math-Italic", "Size1-Regular", "Size2-Regular"];

/** KaTeX's style with few of its fonts: all files of the page are kept for visits without a network. */
function leanMathematics(): Plugin {
  return {
    name: "lean-mathematics",
    enforce: "pre",
    transform(code, id) {
      if (!/katex[\\/]dist[\\/]katex(\.min)?\.css$/.test(id)) return null;
      return code
        .replace(/@font-face\s*\{[^}]*\}/g, (face) => (FONTS.some((name) => face.includes(name)) ? face : ""))
        .replace(/,\s*url\([^)]*\)\s*format\("(?:woff|truetype)"\)/g, "");
    },
  };
}

export default defineConfig(({ mode }): UserConfig => {
  switch (mode) {
    case "lib":
      return {
        ...bare,
        plugins: [bareShaders()],
        build: {
          ...shared.build,
          outDir: "dist/lib",
          lib: { entry: "src/index.ts", formats: ["es"], fileName: "index" },
          rolldownOptions: {
            checks,
            external: [/^valibot/, /^pure-rand/, /^fflate/],
            // File by file, so that a bundler can leave out whole those that nobody imports.
            output: { preserveModules: true, preserveModulesRoot: "src", entryFileNames: "[name].js" },
          },
          minify: false,
        },
      };
    case "cli":
      return {
        ...bare,
        build: {
          ...shared.build,
          target: "node20",
          outDir: "dist/cli",
          ssr: "src/cli/main.ts",
          minify: false,
          rolldownOptions: { checks, output: { chunkFileNames } },
        },
        // Elsewhere than in a bundler, TensorFlow.js cannot be had with its gradients; KaTeX is for exported files alone.
        ssr: { noExternal: [/^@tensorflow\//, /^@jax-js\//, "katex"] },
        plugins: [peerBinaries()],
      };
    case "headless":
      return {
        ...bare,
        base: "./",
        build: {
          ...shared.build,
          outDir: "dist/headless",
          rolldownOptions: { checks, input: "src/worker/headless.html" },
        },
        worker: {
          format: "es",
          plugins: () => [peerBinaries()],
          rolldownOptions: { checks, output: { chunkFileNames } },
        },
      };
    default:
      return {
        base: "./",
        define,
        plugins: [preact(), isolatedBench(), leanMathematics(), keptOffline()],
        build: {
          ...shared.build,
          outDir: "dist/app",
          // The page's policy allows no fonts that are data.
          assetsInlineLimit: (path) => (path.endsWith(".woff2") ? false : undefined),
          rolldownOptions: {
            checks,
            input: { app: "index.html", bench: "bench/index.html" },
            output: { entryFileNames: benchApart, assetFileNames: benchApart },
          },
        },
        worker: {
          format: "es",
          plugins: () => [bareShaders(), peerBinaries("bench/peers")],
          rolldownOptions: {
            checks,
            output: {
              entryFileNames: benchApart,
              // The training worker has none.
              chunkFileNames: (chunk) => `bench/${chunkFileNames(chunk).replace("assets/", "")}`,
            },
          },
        },
      };
  }
});
