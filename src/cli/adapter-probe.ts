/** Asks a runtime for its adapter and limits. */
import type { AdapterEvent, AdapterWish } from "../worker/job.ts";
import { BacklitError } from "../core/errors.ts";
import type { Context } from "./context.ts";
import { chooseRuntime, type RuntimeFlags } from "./runtime-options.ts";

/** @throws AdapterError; the signal's reason */
export async function probeAdapter(
  context: Context,
  flags: RuntimeFlags,
  adapter: AdapterWish,
  { explain, signal }: { explain?: boolean; signal: AbortSignal },
): Promise<AdapterEvent> {
  const runtime = chooseRuntime(context, flags, { engine: "gpu", adapter }, { explain });
  const job = { kind: "adapter", engine: "gpu", adapter } as const;
  for await (const event of runtime.run(job, signal)) {
    if (event.type === "adapter") return event;
  }
  signal.throwIfAborted();
  throw new BacklitError("job/no-result", "the runtime ended without naming its adapter");
}
