/** Largest size of the gzipped core, in bytes. */
export const LIMIT: number;

/** The core, bundled and minified, with its sizes in bytes. */
export function measureCore(): Promise<{ code: string; minified: number; gzip: number }>;
