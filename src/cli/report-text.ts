/** A classification report for a terminal: scores per class, averages, and the confusion matrix. */
import type { ClassificationReport, ClassScores } from "../core/report.ts";
import { grouped, percent, table } from "./format.ts";

/** Confusion matrices wider than this do not fit a terminal and are left to report.html. */
const MAX_CLASSES_SHOWN = 20;

export function reportText(report: ClassificationReport, bold: (text: string) => string): string {
  const row = (name: string, scores: ClassScores): string[] => [
    name,
    scores.precision.toFixed(4),
    scores.recall.toFixed(4),
    scores.f1.toFixed(4),
    grouped(scores.support),
  ];
  const scores = table(
    ["class", "precision", "recall", "F1", "support"],
    [
      ...report.perClass.map((entry) => row(entry.name, entry)),
      row("macro", report.macro),
      row("weighted", report.weighted),
    ],
    bold,
  );
  return `${scores}\n\n${confusionText(report, bold)}\n\naccuracy ${percent(report.accuracy)}`;
}

function confusionText(
  { perClass, confusion }: ClassificationReport,
  bold: (text: string) => string,
): string {
  if (perClass.length > MAX_CLASSES_SHOWN) {
    return `(the confusion matrix of ${perClass.length} classes is in report.html)`;
  }
  const names = perClass.map(({ name }) => name);
  const short = names.map((name) => (name.length > 8 ? `${name.slice(0, 7)}…` : name));
  const rows = confusion.map((counts, truth) => [
    names[truth],
    ...counts.map((count) => (count === 0 ? "." : String(count))),
  ]);
  return table(["true \\ predicted", ...short], rows, bold);
}
