/** Whether this machine has a Vulkan driver, and the SwiftShader beside a Chrome where it has none. */
import { existsSync, readdirSync } from "node:fs";
import { constants, homedir } from "node:os";
import { join } from "node:path";
import { chromeCandidates, chromeFolders, swiftShaderDriver } from "../../../scripts/chrome.js";

/** The variables by which the Vulkan loader is told which drivers to use. */
const DRIVER_VARIABLES = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"] as const;

/** Where the Vulkan loader looks for driver descriptions on Linux. */
function driverFolders(env: NodeJS.ProcessEnv): string[] {
  const bases = [
    env["XDG_CONFIG_HOME"] || join(homedir(), ".config"),
    ...(env["XDG_CONFIG_DIRS"] || "/etc/xdg").split(":"),
    "/etc",
    env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"),
    ...(env["XDG_DATA_DIRS"] || "/usr/local/share:/usr/share").split(":"),
  ];
  return bases.map((base) => join(base, "vulkan", "icd.d"));
}

/** Driver descriptions that the loader will find, set by variable or installed; empty without a driver. */
export function vulkanDrivers(env: NodeJS.ProcessEnv = process.env): string[] {
  for (const name of DRIVER_VARIABLES) {
    const value = env[name];
    if (value) return value.split(":").filter((path) => existsSync(path));
  }
  return driverFolders(env)
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .map((name) => join(folder, name)),
    );
}

/** Whether there are drivers, and all of them are programs on the CPU. */
export function onlySoftwareDrivers(drivers: readonly string[]): boolean {
  return drivers.length > 0 && drivers.every((path) => /swiftshader|lvp_icd/.test(path));
}

/** The SwiftShader driver beside any Chrome of this machine. */
export function findSwiftShader(): string | undefined {
  return chromeCandidates()
    .map(swiftShaderDriver)
    .find((path) => path !== undefined);
}

/** Keeps a library loaded after its handle is closed; Node's constants lack this one of Linux. */
const RTLD_NODELETE = 0x1000;

/**
 * Makes sure that Dawn finds a Vulkan loader: the system's, else the one that comes with a Chrome. Linux finds a library
 * by its name when it is loaded already, and Node can load any.
 * @returns the path of a Chrome's loader where that was used
 */
export function provideVulkanLoader(): string | undefined {
  if (loadLibrary("libvulkan.so.1")) return undefined;
  return chromeCandidates()
    .flatMap(chromeFolders)
    .map((folder) => join(folder, "libvulkan.so.1"))
    .find((path) => existsSync(path) && loadLibrary(path));
}

function loadLibrary(path: string): boolean {
  try {
    process.dlopen({ exports: {} }, path, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
    return true;
  } catch (error) {
    // It is no Node module, which Node says only after it has loaded it.
    return (error as Error).message.includes("did not self-register");
  }
}

/** Points the Vulkan loader at one driver; must happen before Dawn is loaded. */
export function useVulkanDriver(path: string): void {
  delete process.env["VK_DRIVER_FILES"];
  process.env["VK_ICD_FILENAMES"] = path;
}
