import type { Plugin } from "vite";

/** Shaders without their comments. */
export function bareShaders(): Plugin;
