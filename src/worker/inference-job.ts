/** Jobs that use a trained model: reading a split of a dataset, or single inputs. */
import { splitOf, type Dataset } from "../core/dataset.ts";
import { SpecError } from "../core/errors.ts";
import { holdOutValidation } from "../data/split.ts";
import { summarizeDataset } from "../model/metadata.ts";
import { readModel, type Model } from "../model/model-file.ts";
import { topKAccuracy } from "../train/metrics.ts";
import { openDataset, openEngine } from "./job-engine.ts";
import type { EvaluatedSplit, EvaluateJob, EvaluationEvent, JobEvent, JobHost, PredictJob } from "./job.ts";
import { readRows } from "./read-rows.ts";

export async function* runEvaluateJob(job: EvaluateJob, host: JobHost): AsyncGenerator<JobEvent> {
  const model = readModel(job.model);
  const whole = await openDataset(job.data);
  checkFit(model, whole);
  const needsHeldOut = job.split === "validation" || job.split === "train";
  const dataset =
    needsHeldOut && !whole.validation ? holdOutValidation(whole, job.validation, job.seed) : whole;
  if (splitOf(dataset, job.split).labels.length === 0) {
    throw new SpecError("split", `${dataset.name} has no ${job.split} rows`);
  }
  const engine = await openEngine(job, host, { network: model.network, dataset });
  try {
    yield { type: "adapter", adapter: engine.adapter };
    await engine.setParameters(model.parameters);
    const evaluated: EvaluatedSplit = {
      split: job.split,
      dataset,
      network: engine.network,
      parameters: model.parameters,
      evaluation: await engine.evaluate(job.split),
    };
    host.watcher?.evaluated(evaluated);
    yield evaluationEvent(evaluated);
  } finally {
    engine.dispose();
  }
}

export async function* runPredictJob(job: PredictJob, host: JobHost): AsyncGenerator<JobEvent> {
  const model = readModel(job.model);
  const engine = await openEngine(job, host, { network: model.network });
  try {
    yield { type: "adapter", adapter: engine.adapter };
    await engine.setParameters(model.parameters);
    yield { type: "prediction", ...(await engine.predict(job.inputs)) };
  } finally {
    engine.dispose();
  }
}

/** The model must take these images and know these classes. */
function checkFit({ dataset: own }: Model, { name, height, width, classes }: Dataset): void {
  if (own.height !== height || own.width !== width || own.classes.length !== classes.length) {
    throw new SpecError(
      "data",
      `the model reads ${own.height} x ${own.width} images of ${own.classes.length} classes, ` +
        `but ${name} has ${height} x ${width} images of ${classes.length} classes`,
      `It was trained on ${own.name}.`,
    );
  }
}

/** How many of the worst mistakes are shown. */
const MISTAKES = 40;

/** An evaluation as an event, with the images of the worst mistakes. @param mistakes at most so many */
export function evaluationEvent(evaluated: EvaluatedSplit, mistakes = MISTAKES): EvaluationEvent {
  const { split, dataset, evaluation } = evaluated;
  const { loss, predicted, losses, ranks, ...report } = evaluation;
  const { labels } = splitOf(dataset, split);
  const wrong = Array.from(labels.keys()).filter((i) => predicted[i] !== labels[i]);
  wrong.sort((a, b) => losses[b] - losses[a] || a - b);
  const ks = [1, 2, 3, 5].filter((k) => k < dataset.classes.length);
  return {
    type: "evaluation",
    split,
    loss,
    report,
    topK: ks.map((k) => ({ k, accuracy: topKAccuracy(ranks, k) })),
    mistakes: readRows(evaluated, wrong.slice(0, mistakes)),
    dataset: summarizeDataset(dataset),
  };
}
