/** What a child process needs for Dawn to find a Vulkan driver: SwiftShader and its loader where there is no other. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromeCandidates, chromeFolders } from "../../scripts/chrome.js";
import { findSwiftShader, vulkanDrivers } from "../../src/cli/runtimes/vulkan.ts";

/** As the README says it; nothing where a driver is installed. */
export function vulkanEnvironment(): Record<string, string> {
  if (process.platform !== "linux") return {};
  const loader = chromeCandidates()
    .flatMap(chromeFolders)
    .find((folder) => existsSync(join(folder, "libvulkan.so.1")));
  const swiftShader = vulkanDrivers().length > 0 ? undefined : findSwiftShader();
  return {
    ...(swiftShader && { VK_ICD_FILENAMES: swiftShader }),
    ...(loader && { LD_LIBRARY_PATH: [process.env["LD_LIBRARY_PATH"], loader].filter(Boolean).join(":") }),
  };
}
