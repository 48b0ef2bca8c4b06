/**
 * Finds a Chrome that can do WebGPU. Plain Node without dependencies, because set-up needs it before anything is
 * installed; the command line bundles the same file, so both agree on which browser and which flags are used.
 */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

const env = process.env;

/** What every headless Chrome is given. */
function commonFlags() {
  const flags = [
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--enable-unsafe-webgpu",
  ];
  // Chrome refuses to run its sandbox as root; nobody else gives it up.
  if (process.getuid?.() === 0) flags.push("--no-sandbox");
  // Containers often have a tiny /dev/shm.
  if (process.platform === "linux") flags.push("--disable-dev-shm-usage");
  return flags;
}

/** Sets of switches that are known to give some Chrome an adapter, by name; GPUs first. */
const FLAG_SETS = {
  ...(process.platform === "linux" && {
    vulkan: [
      "--enable-features=Vulkan",
      "--use-angle=vulkan",
      "--disable-vulkan-surface",
      "--ignore-gpu-blocklist",
    ],
    "vulkan, ANGLE on EGL": ["--enable-features=Vulkan", "--use-angle=gl-egl", "--ignore-gpu-blocklist"],
    "vulkan alone": ["--enable-features=Vulkan", "--ignore-gpu-blocklist"],
  }),
  plain: [],
  swiftshader: ["--use-webgpu-adapter=swiftshader"],
  "swiftshader, ANGLE too": [
    "--use-webgpu-adapter=swiftshader",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
  ],
};

/** The sets by name, each complete. @returns {{ name: string, flags: string[] }[]} */
export function chromeFlagSets() {
  return Object.entries(FLAG_SETS).map(([name, flags]) => ({ name, flags: [...commonFlags(), ...flags] }));
}

/**
 * Command-line switches that give a headless Chrome WebGPU.
 * @param {"hardware" | "software"} kind software is SwiftShader, which Chrome carries with it
 */
export function chromeFlags(kind) {
  const own = kind === "software" ? FLAG_SETS.swiftshader : (FLAG_SETS.vulkan ?? FLAG_SETS.plain);
  return [...commonFlags(), ...own];
}

/** Whether an adapter is a program on the CPU rather than a GPU; `info` has the fields of GPUAdapterInfo. */
export function isSoftwareAdapter(info) {
  const text = [info.vendor, info.architecture, info.device, info.description].join(" ");
  return (
    info.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|softpipe|basic render|mesa.*cpu/i.test(text)
  );
}

/** Executables that exist, in the order they are tried. PUPPETEER_EXECUTABLE_PATH, when set, is the only one. */
export function chromeCandidates() {
  const named = env.PUPPETEER_EXECUTABLE_PATH;
  if (named) return existsSync(named) ? [named] : [];
  const found = [...puppeteerCache(), ...systemPlaces()].filter((path) => existsSync(path));
  // The same program is often reached by several names.
  const seen = new Set();
  return found.filter((path) => {
    const real = realpathSync(path);
    return !seen.has(real) && seen.add(real);
  });
}

function puppeteerCache() {
  const root = join(env.PUPPETEER_CACHE_DIR || join(homedir(), ".cache", "puppeteer"), "chrome");
  const inside = {
    linux: ["chrome-linux64/chrome", "chrome-linux-arm64/chrome"],
    darwin: ["arm64", "x64"].map(
      (arch) => `chrome-mac-${arch}/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing`,
    ),
    win32: ["chrome-win64/chrome.exe", "chrome-win32/chrome.exe"],
  }[process.platform];
  if (!inside || !existsSync(root)) return [];
  const builds = readdirSync(root).sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  return builds.flatMap((build) => inside.map((path) => join(root, build, path)));
}

function systemPlaces() {
  if (process.platform === "darwin") {
    const apps = ["Google Chrome", "Chromium", "Google Chrome Canary", "Microsoft Edge"];
    return ["/Applications", join(homedir(), "Applications")].flatMap((folder) =>
      apps.map((app) => `${folder}/${app}.app/Contents/MacOS/${app}`),
    );
  }
  if (process.platform === "win32") {
    const roots = [env.ProgramFiles, env["ProgramFiles(x86)"], env.LOCALAPPDATA].filter(Boolean);
    const programs = ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"];
    return roots.flatMap((root) => programs.map((program) => join(root, program)));
  }
  const names = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "microsoft-edge"];
  const folders = [...(env.PATH ?? "").split(delimiter).filter(Boolean), "/usr/bin", "/snap/bin"];
  return [
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    "/opt/google/chrome/chrome",
    "/usr/lib/chromium/chromium",
  ];
}

/** Folders in which the libraries of a Chrome may lie; its executable can be a script somewhere else. */
export function chromeFolders(chromePath) {
  const beside = dirname(realpathSync(chromePath));
  const folders = [beside, "/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"];
  const versions = join(beside, "..", "Frameworks");
  if (process.platform === "darwin" && existsSync(versions)) {
    for (const framework of readdirSync(versions)) {
      folders.push(join(versions, framework, "Versions", "Current", "Libraries"));
    }
  }
  return folders;
}

/** The Vulkan driver description of the SwiftShader that a Chrome carries, or undefined. */
export function swiftShaderDriver(chromePath) {
  return chromeFolders(chromePath)
    .map((folder) => join(folder, "vk_swiftshader_icd.json"))
    .find((path) => existsSync(path));
}

/** A dying browser still writes for a moment. */
const PATIENTLY = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };

/**
 * Starts a Chrome headless with these switches and asks it for a WebGPU adapter. The browser and its profile go with the
 * process, should that end first.
 * @param {{ timeout?: number, signal?: AbortSignal }} options `timeout` in milliseconds
 * @throws the signal's reason, once the browser is gone
 * @returns {Promise<{ adapter: object | null, problem: string, executable?: string }>} `adapter` null with the reason in
 *   `problem`; `executable` is the program that answered, where the system tells it: `path` may be a script that starts it
 */
export async function probeChrome(path, flags, { timeout = 30_000, signal } = {}) {
  signal?.throwIfAborted();
  const profile = mkdtempSync(join(tmpdir(), "backlit-probe-"));
  let chrome;
  const release = atProcessEnd(() => {
    if (chrome) killTree(chrome);
    rmSync(profile, PATIENTLY);
  });
  let report;
  const answer = new Promise((resolve) => (report = resolve));
  const server = createServer((request, response) => {
    if (request.method !== "POST") return response.end(PROBE_PAGE);
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      response.end();
      report(JSON.parse(body));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://localhost:${server.address().port}/`;
  const own = ["--headless=new", `--user-data-dir=${profile}`, "--remote-debugging-port=0"];
  chrome = spawn(path, [...flags, ...own, url], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: process.platform !== "win32",
  });
  let said = "";
  chrome.stderr.on("data", (chunk) => (said = (said + chunk).slice(-4000)));
  chrome.on("error", (error) => report({ adapter: null, problem: error.message }));
  const gone = new Promise((resolve) => chrome.on("close", resolve));
  const problemLine = () =>
    said
      .split("\n")
      .filter((line) => line.trim() !== "")
      .at(-1) ?? "no output";
  void gone.then((code) =>
    report({ adapter: null, problem: `it ended with status ${code}: ${problemLine()}` }),
  );
  const timer = setTimeout(
    () => report({ adapter: null, problem: `no answer within ${timeout / 1000} s` }),
    timeout,
  );
  const giveUp = () => report({ adapter: null, problem: "given up" });
  signal?.addEventListener("abort", giveUp);
  if (signal?.aborted) giveUp();
  const result = await answer;
  signal?.removeEventListener("abort", giveUp);
  clearTimeout(timer);
  const executable = executableOf(chrome);
  killTree(chrome);
  server.closeAllConnections();
  server.close();
  if (chrome.pid !== undefined) await gone;
  await rm(profile, PATIENTLY);
  release();
  signal?.throwIfAborted();
  return { ...result, executable };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
const INTERRUPTED = 130;

/**
 * Does some work should the process end, also by a signal that nobody else takes: of itself that one would leave
 * everything as it is. @returns what takes the work back
 */
function atProcessEnd(work) {
  const end = (name) => {
    if (process.listenerCount(name) === 1) process.exit(INTERRUPTED);
  };
  process.on("exit", work);
  for (const name of SIGNALS) process.on(name, end);
  return () => {
    process.off("exit", work);
    for (const name of SIGNALS) process.off(name, end);
  };
}

/** What a process runs by now; undefined where it is gone, or the system is not Linux. */
function executableOf({ pid }) {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}

const PROBE_PAGE = `<!doctype html><title>probe</title><script type="module">
const send = (body) => fetch("/", { method: "POST", body: JSON.stringify(body) });
try {
  const adapter = await navigator.gpu?.requestAdapter();
  const info = adapter?.info;
  await send(info
    ? { adapter: { vendor: info.vendor, architecture: info.architecture, device: info.device,
        description: info.description, isFallbackAdapter: info.isFallbackAdapter }, problem: "" }
    : { adapter: null, problem: navigator.gpu ? "requestAdapter() gave none" : "navigator.gpu is missing" });
} catch (error) { await send({ adapter: null, problem: String(error) }); }
</script>`;

function killTree(child) {
  if (child.pid === undefined || child.exitCode !== null) return;
  if (process.platform === "win32") {
    spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/**
 * The first Chrome that launches headless and gives a WebGPU adapter, hardware before software. Its answer is
 * remembered until the executable changes.
 * @param {{ fresh?: boolean, log?: (line: string) => void, signal?: AbortSignal }} options `fresh` asks again even when
 *   remembered
 * @throws the signal's reason
 * @returns {Promise<{ chrome?: object, rejected: { path: string, problem: string }[] }>}
 */
export async function findChrome({ fresh = false, log = () => {}, signal } = {}) {
  const remembered = fresh ? {} : readMemory();
  const rejected = [];
  for (const path of chromeCandidates()) {
    const { mtimeMs } = statSync(path);
    const known = remembered[path];
    if (known?.mtimeMs === mtimeMs && known.format === MEMORY_FORMAT) return { chrome: known, rejected };
    log(`Trying ${path} for WebGPU …`);
    const hardware = await probeChrome(path, chromeFlags("hardware"), { signal });
    const isHardware = hardware.adapter !== null && !isSoftwareAdapter(hardware.adapter);
    const software = isHardware
      ? { adapter: null, problem: "" }
      : await probeChrome(path, chromeFlags("software"), { signal });
    if (!isHardware && software.adapter === null) {
      rejected.push({ path, problem: software.problem });
      continue;
    }
    const chrome = {
      format: MEMORY_FORMAT,
      path,
      mtimeMs,
      kind: isHardware ? "hardware" : "software",
      adapter: isHardware ? hardware.adapter : software.adapter,
      hardwareProblem: isHardware ? "" : hardware.problem,
    };
    writeMemory({ ...readMemory(), [path]: chrome });
    return { chrome, rejected };
  }
  return { chrome: undefined, rejected };
}

/** Raised when what is remembered means something else. */
const MEMORY_FORMAT = 1;

/** Where src/cli/file-cache.ts keeps downloads too; set-up must know it before anything is built. */
function cacheFolder() {
  if (env.BACKLIT_CACHE) return env.BACKLIT_CACHE;
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "backlit");
  if (process.platform === "win32")
    return join(env.LOCALAPPDATA || join(homedir(), "AppData", "Local"), "backlit");
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "backlit");
}

function memoryFile() {
  return join(cacheFolder(), "chrome.json");
}

function readMemory() {
  try {
    return JSON.parse(readFileSync(memoryFile(), "utf8"));
  } catch {
    // Missing or damaged: the browsers are simply asked again.
    return {};
  }
}

function writeMemory(memory) {
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    writeFileSync(memoryFile(), JSON.stringify(memory, null, 1));
  } catch {
    // A read-only home only costs a second of asking next time.
  }
}
