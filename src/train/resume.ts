/**
 * What may differ when a run is resumed. The checkpoint decides everything: a run that goes on with other options would be
 * neither the old run nor a new one, and its parameters could not be repeated.
 */
import type { Dataset } from "../core/dataset.ts";
import { SpecError } from "../core/errors.ts";
import { counted } from "../core/words.ts";
import { resolveRunOptions, runOptions, type RunOptionName, type RunOptions } from "../core/run-options.ts";
import type { CheckpointConfig } from "../model/checkpoint.ts";

/**
 * The options that a resumed run goes by: the checkpoint's. Of those requested, only a larger total of epochs counts, on a
 * constant schedule; `maxSteps`, which says where this call ends and not what the run is (the checkpoint's own is behind
 * it); and `data`, because a folder may have moved: `checkResumeDataset` looks at what lies there.
 * @param requested only what was asked for now, without defaults
 * @throws SpecError naming the first option in conflict
 */
export function checkResume(
  config: Pick<CheckpointConfig, "options">,
  requested: RunOptions,
): ReturnType<typeof resolveRunOptions> {
  const effective = resolveRunOptions({ ...config.options, maxSteps: requested.maxSteps });
  for (const name of Object.keys(requested) as RunOptionName[]) {
    if (!(name in runOptions)) throw new SpecError(name, `${name} is not an option`);
    const value = requested[name];
    if (value === undefined || name === "maxSteps" || same(value, effective[name])) continue;
    if (name === "data") {
      effective.data = value as string;
      continue;
    }
    if (name !== "epochs") throw conflict(name, effective[name], value);
    effective.epochs = raisedEpochs(effective, value as number);
  }
  return resolveRunOptions(effective);
}

function raisedEpochs({ epochs, schedule }: { epochs: number; schedule: string }, requested: number): number {
  if (schedule === "constant" && requested > epochs) return requested;
  const hint =
    schedule === "constant"
      ? "Epochs are a total, and can only be raised."
      : `The ${schedule} schedule was laid out over ${counted(epochs, "epoch")}; only a run with a constant one can be prolonged. Start a new run, with --init from these parameters if you like.`;
  throw conflict("epochs", epochs, requested, hint);
}

/**
 * @param now before or after validation rows were held out of it
 * @throws SpecError when this is not the dataset that the checkpoint was trained on
 */
export function checkResumeDataset(
  { dataset: before }: Pick<CheckpointConfig, "dataset">,
  now: Dataset,
): void {
  const differs = (what: string, then: unknown, found: unknown): SpecError =>
    new SpecError(
      "data",
      `the checkpoint was trained on ${before.name} with ${what} ${show(then)}, but ${now.name} has ${show(found)}`,
      "Give --data and --data-dir the dataset the run was started with.",
    );
  if (before.height !== now.height || before.width !== now.width) {
    throw differs("images of", `${before.height} x ${before.width}`, `${now.height} x ${now.width}`);
  }
  if (!same(before.classes, now.classes)) throw differs("classes", before.classes, now.classes);
  if (before.sha256 !== null && now.sha256 !== undefined && before.sha256 !== now.sha256) {
    throw differs("sha256", before.sha256, now.sha256);
  }
}

function conflict(name: RunOptionName, stored: unknown, requested: unknown, hint?: string): SpecError {
  const { flag } = runOptions[name];
  return new SpecError(
    name,
    `--${flag} is ${show(requested)}, but the run that is resumed has ${show(stored)}`,
    hint ?? `Leave --${flag} out: a resumed run takes it from its checkpoint.`,
  );
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? value.join(",") : "none";
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}
