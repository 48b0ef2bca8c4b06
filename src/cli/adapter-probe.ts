/** Asks a runtime for its adapter and limits. */
import type { AdapterEvent, AdapterWish } from "../worker/job.ts";
import { BacklitError } from "../core/errors.ts";
import type { Context } from "./context.ts";
import { chooseRuntime, type RuntimeFlags } from "./runtime-options.ts";

/** @throws AdapterError */
export async function probeAdapter(
  context: Context,
  flags: RuntimeFlags,
  adapter: AdapterWish,
  options: { explain?: boolean } = {},
): Promise<AdapterEvent> {
  const runtime = chooseRuntime(context, flags, { engine: "gpu", adapter }, options);
  const job = { kind: "adapter", engine: "gpu", adapter } as const;
  for await (const event of runtime.run(job, new AbortController().signal)) {
    if (event.type === "adapter") return event;
  }
  throw new BacklitError("job/no-result", "the runtime ended without naming its adapter");
}
