/**
 * A plugin of the build: shaders without their comments, in what is loaded over a network. Directives, which are comments to
 * WGSL, stay. The command keeps the whole text: `plan --wgsl` prints it.
 */
import { readFileSync } from "node:fs";

/** @returns {import("vite").Plugin} */
export function bareShaders() {
  return {
    name: "bare-shaders",
    enforce: "pre",
    load(id) {
      const [path, query] = id.split("?");
      if (query !== "raw" || !path.endsWith(".wgsl")) return null;
      const text = readFileSync(path, "utf8")
        .replace(/[ \t]*\/\/(?!!).*$/gm, "")
        .replace(/\n{2,}/g, "\n");
      return `export default ${JSON.stringify(text)};`;
    },
  };
}
