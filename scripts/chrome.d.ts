/** Types of chrome.js for the command line, which bundles it. */

export interface ProbedAdapter {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  isFallbackAdapter?: boolean;
}

export interface Chrome {
  path: string;
  mtimeMs: number;
  /** The better kind of adapter it gave. */
  kind: "hardware" | "software";
  adapter: ProbedAdapter;
  /** Why there is no hardware adapter; empty when there is. */
  hardwareProblem: string;
}

export interface RejectedChrome {
  path: string;
  problem: string;
}

export function chromeFlags(kind: "hardware" | "software"): string[];
export function chromeFlagSets(): { name: string; flags: string[] }[];
export function isSoftwareAdapter(info: Partial<ProbedAdapter>): boolean;
export function chromeCandidates(): string[];
export function chromeFolders(chromePath: string): string[];
export function swiftShaderDriver(chromePath: string): string | undefined;
export function probeChrome(
  path: string,
  flags: readonly string[],
  options?: { timeout?: number; signal?: AbortSignal },
): Promise<{ adapter: ProbedAdapter | null; problem: string; executable?: string }>;
export function findChrome(options?: {
  fresh?: boolean;
  log?: (line: string) => void;
  signal?: AbortSignal;
}): Promise<{ chrome: Chrome | undefined; rejected: RejectedChrome[] }>;
