/** Why a run cannot be gone on with here, in words. */
import { addresses } from "../state/route.ts";
import type { Hindrance } from "../state/what-hinders.ts";

export function HindranceText({ hindrance }: { hindrance: Hindrance }) {
  if (hindrance === "no-adapter") {
    return (
      <>
        It was trained by the GPU engine, and this browser has no WebGPU adapter: on the CPU it would not be
        the same run.
      </>
    );
  }
  return (
    <>
      It was trained on files that this page does not have: choose them as own files in the{" "}
      <a href={addresses.value.train}>training view</a> first.
    </>
  );
}
