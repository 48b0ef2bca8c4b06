/**
 * report.html: one file that shows a run without anything else, in any browser, years later. Curves, scores, confusion
 * matrix, the worst mistakes as images, and everything needed to run it again.
 */
import type { BacklitError } from "../../core/errors.ts";
import type { ProfileReport } from "../../core/profile.ts";
import type { EpochSummary, StepEvent } from "../../train/events.ts";
import type { DoneEvent, EvaluationEvent, Mistake, StartEvent } from "../job.ts";
import { adapterName } from "../../gpu/device.ts";
import { definitions, escapeHtml, scroller } from "../../report/html.ts";
import { chartSvg, type Series } from "../../report/line-chart.ts";
import { REPORT_STYLE } from "../../report/style.ts";
import { counted, duration, grouped, percent } from "../../report/numbers.ts";
import { ending } from "./ending.ts";
import { profileSection } from "./profile-section.ts";

export interface ReportContents {
  version: string;
  start: StartEvent;
  /** Missing when the run failed. */
  done: DoneEvent | undefined;
  /** What the run failed with, if it did. */
  failure?: Pick<BacklitError, "message" | "hint">;
  /** Of the test split; missing when the run was interrupted or failed. */
  evaluation: EvaluationEvent | undefined;
  /** All of the run, those before a resume included. */
  epochs: EpochSummary[];
  /** Of this call. */
  steps: StepEvent[];
  runtime: string;
  /** Of a step, where it was asked for. */
  profile?: ProfileReport;
  /** A grey image `[height * width]` as the address of a picture, which the file holds: Node and pages make them differently. */
  imageUrl: (width: number, height: number, pixels: Uint8Array) => string;
}

export function reportHtml(contents: ReportContents): string {
  const { start, evaluation } = contents;
  const widths = [start.network.input, ...start.network.layers.map(({ units }) => units)].join(" – ");
  const title = `${widths} on ${start.dataset.name}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${REPORT_STYLE}</style></head><body><main>
<h1>${escapeHtml(title)}</h1>
<p class="quiet">${escapeHtml(subtitle(contents))}</p>
${endingParagraph(contents)}
${headline(contents)}
<h2>Curves</h2>${curves(contents)}
${evaluation ? evaluationSections(evaluation, contents.imageUrl) : noEvaluation(contents)}
${contents.profile ? profileSection(contents.profile) : ""}
<h2>The run</h2>${facts(contents)}
</main></body></html>
`;
}

function noEvaluation({ failure }: ReportContents): string {
  const next = failure ? "" : "; go on with <code>--resume</code>";
  return `<p class="quiet">The run ended before the test images were read${next}.</p>`;
}

function subtitle({ start, runtime, epochs }: ReportContents): string {
  return `${start.training.optimizer}, ${epochs.at(-1)?.epoch ?? 0} of ${counted(start.training.epochs, "epoch")}, on ${adapterName(start.adapter)} (${start.engine} engine, ${runtime})`;
}

function endingParagraph({ start, done, failure }: ReportContents): string {
  const text = failure
    ? `The run failed: ${failure.message}. ${failure.hint} The last good state is beside this report.`
    : done && ending(done, start.totalSteps);
  return text ? `<p>${escapeHtml(text)}</p>` : "";
}

function headline({ done, evaluation, steps }: ReportContents): string {
  const figures: [string, string][] = [
    ...(evaluation
      ? ([
          [percent(evaluation.report.accuracy), "test accuracy"],
          [evaluation.loss.toFixed(4), "test loss"],
          [evaluation.report.macro.f1.toFixed(4), "macro F1"],
        ] as [string, string][])
      : []),
    [grouped(done?.steps ?? steps.at(-1)?.step ?? 0), "steps"],
    ...(done ? ([[duration(done.seconds), "training time"]] as [string, string][]) : []),
    // A finished run that was resumed trained nothing this time.
    ...(done && done.samplesPerSecond > 0
      ? ([[grouped(done.samplesPerSecond), "samples per second"]] as [string, string][])
      : []),
  ];
  const items = figures.map(
    ([value, name]) => `<li><b>${escapeHtml(value)}</b><span>${escapeHtml(name)}</span></li>`,
  );
  return `<ul class="headline">${items.join("")}</ul>`;
}

function curves({ start, steps, epochs }: ReportContents): string {
  const series = (pick: "loss" | "accuracy"): Series[] => {
    // Step events are finer, but a resumed run only has those since then.
    const trained =
      steps.length > epochs.length
        ? steps.map((step) => ({ x: step.step, y: step[pick] }))
        : epochs.map(({ step, train }) => ({ x: step, y: train[pick] }));
    const held = epochs.flatMap(({ step, validation }) =>
      validation ? [{ x: step, y: validation[pick] }] : [],
    );
    return [
      { name: "train", className: "train", points: trained },
      { name: "validation", className: "held", points: held, marked: true },
    ];
  };
  const loss = chartSvg({
    title: "Loss",
    xLabel: "step",
    series: series("loss"),
    format: (value) => String(value),
  });
  const accuracy = chartSvg({
    title: "Accuracy",
    xLabel: "step",
    series: series("accuracy"),
    format: (value) => `${Number((100 * value).toPrecision(4))} %`,
  });
  const held = epochs.some(({ validation }) => validation);
  return `<div class="charts">${loss}${accuracy}</div><p class="quiet">${curveNote(start, held)}</p>`;
}

/** What the curves are, which differ in more than their rows. */
export function curveNote(
  { network, training, rows }: Pick<StartEvent, "network" | "training" | "rows">,
  held: boolean,
): string {
  const means = [
    ...(network.layers.some(({ dropout }) => (dropout ?? 0) > 0) ? ["dropout"] : []),
    ...(training.labelSmoothing > 0 ? ["label smoothing"] : []),
  ];
  const trained = `The training curve is measured while training${means.length > 0 ? `, with ${means.join(" and ")}` : ""}`;
  if (held) {
    const without = ["after each epoch", "without it", "without either"][means.length];
    return `${trained}; validation ${without}.`;
  }
  return rows.validation === 0
    ? `${trained}.`
    : `${trained}. Validation comes at the end of an epoch, and none was finished.`;
}

function evaluationSections(
  { report, mistakes, dataset }: EvaluationEvent,
  imageUrl: ReportContents["imageUrl"],
): string {
  const score = (name: string, { precision, recall, f1, support }: typeof report.macro): string =>
    `<tr><th scope="row">${escapeHtml(name)}</th>${[precision, recall, f1].map((value) => `<td>${value.toFixed(4)}</td>`).join("")}<td>${grouped(support)}</td></tr>`;
  const scores = [
    ...report.perClass.map((entry) => score(entry.name, entry)),
    score("macro average", report.macro),
    score("weighted average", report.weighted),
  ];
  const images = mistakes.map((mistake) => mistakeFigure(mistake, dataset, imageUrl));
  const scoreTable = `<table class="scores"><thead><tr><th scope="col">class</th><th scope="col">precision</th><th scope="col">recall</th><th scope="col">F1</th><th scope="col">support</th></tr></thead><tbody>${scores.join("")}</tbody></table>`;
  return `<div class="tables"><section><h2>Test images, class by class</h2>${scroller("Scores of each class", scoreTable)}</section>
<section><h2>Confusion matrix</h2>${scroller("Confusion matrix", confusionTable(report.confusion, dataset.classes))}
<p class="quiet">Rows are what the images are, columns what they were read as.</p></section></div>
<h2>The worst mistakes</h2>${images.length > 0 ? `<div class="mistakes">${images.join("")}</div>` : "<p>There are none.</p>"}`;
}

function confusionTable(confusion: number[][], classes: string[]): string {
  const head = classes.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const most = Math.max(1, ...confusion.flatMap((counts, truth) => counts.filter((_, i) => i !== truth)));
  const rows = confusion.map((counts, truth) => {
    const total = Math.max(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    );
    const cells = counts.map((count, predicted) => {
      const isRight = truth === predicted;
      // Mistakes are few: they are shaded against the most frequent one, not against the diagonal.
      const shade = isRight ? 0.1 + (0.35 * count) / total : (0.75 * count) / most;
      const colour = `rgba(var(--${isRight ? "right" : "wrong"}), ${shade.toFixed(3)})`;
      return `<td style="background: ${colour}">${count === 0 ? "" : grouped(count)}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(classes[truth])}</th>${cells.join("")}</tr>`;
  });
  return `<table class="confusion"><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function mistakeFigure(
  { index, truth, predicted, loss, pixels }: Mistake,
  { width, height, classes }: EvaluationEvent["dataset"],
  imageUrl: ReportContents["imageUrl"],
): string {
  const words = `${classes[truth]} read as ${classes[predicted]}`;
  return (
    `<figure><img src="${imageUrl(width, height, pixels)}" width="${width}" height="${height}" ` +
    `alt="test image ${index}: ${escapeHtml(words)}"><figcaption>${escapeHtml(words)}` +
    `<span>loss ${loss.toFixed(2)}</span> <span>image ${index}</span></figcaption></figure>`
  );
}

function facts({ version, start, done, runtime }: ReportContents): string {
  const { training, dataset, rows, adapter, plan } = start;
  const layers = start.network.layers.map(
    ({ units, activation, dropout }) =>
      `${units}${activation ? ` ${activation}` : ""}${dropout ? `, dropout ${dropout}` : ""}`,
  );
  return definitions([
    ["network", [start.network.input, ...layers].join(" → ")],
    [
      "training",
      Object.entries(training)
        .map(([name, value]) => `${name} ${value}`)
        .join(", "),
    ],
    ["dataset", `${dataset.name}, SHA-256 ${dataset.sha256 ?? "unknown"}`],
    [
      "rows",
      `${grouped(rows.train)} train, ${grouped(rows.validation)} validation, ${grouped(rows.test)} test`,
    ],
    ["engine", `${start.engine}, ${start.precision}, ${runtime}`],
    ["adapter", adapterName(adapter)],
    ...(done && done.samplesPerSecond > 0
      ? ([
          [
            "speed",
            `${done.stepsPerSecond.toFixed(1)} steps per second, ${grouped(done.samplesPerSecond)} samples per second`,
          ],
        ] as [string, string][])
      : []),
    [
      "plan",
      `${counted(plan.dispatchesPerStep, "dispatch", "dispatches")} per step, ${counted(plan.stepsPerSubmit, "step")} per submit, ` +
        `${counted(plan.bytesUploadedPerStep, "byte")} uploaded per step`,
    ],
    ...(typeof start.tuning["name"] === "string"
      ? [["tiles", start.tuning["name"]] as [string, string]]
      : []),
    ["Backlit", version],
  ]);
}
