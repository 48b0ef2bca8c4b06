/** What every verb is given. */
import type { Output } from "./output.ts";
import type { ObtainChrome } from "./runtimes/launch.ts";

export interface Context {
  readonly output: Output;
  readonly obtainChrome: ObtainChrome | undefined;
  /** What the process ends with; a verb that ends in good order may still set another code. */
  exitCode: number;
}
