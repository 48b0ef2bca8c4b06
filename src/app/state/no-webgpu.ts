/** Why WebGPU gives this page nothing, in a few words: each cause its own. Pure. */
import { sentence } from "../format.ts";
import type { Failure } from "./advice.ts";

export interface Reason {
  /** A heading. */
  title: string;
  /** For the masthead. */
  short: string;
  /** A sentence for where there is no room for more. */
  text: string;
}

export function whyNoWebGpu({ code, message }: Failure): Reason {
  if (code === "adapter/webgpu") {
    const short = "No WebGPU";
    return { title: "This browser has no WebGPU for this page", short, text: "There is no WebGPU here." };
  }
  if (code.startsWith("adapter/")) {
    const short = "No WebGPU adapter";
    return {
      title: "This browser gives no GPU to this page",
      short,
      text: "There is no WebGPU adapter here.",
    };
  }
  return {
    title: "WebGPU is there, but could not be used",
    short: "WebGPU failed",
    text: `WebGPU could not be used: ${sentence(message)}`,
  };
}

/** The browsers that the page is expected to work in: those with WebGPU and its style sheets' `light-dark()`. */
export const BROWSERS =
  "Chrome and Edge from 123, Safari from 26, Firefox from 141 on Windows and from 145 on macOS";
