/** Precision, recall and F1 of every class, as bars that are a table. */
import { grouped, percent } from "../format.ts";
import type { SplitName } from "../../core/dataset.ts";
import type { ClassificationReport } from "../../core/report.ts";

const SCORES = ["precision", "recall", "f1"] as const;
const NAMES = { precision: "Precision", recall: "Recall", f1: "F1" };

export function ClassTable({ split, report }: { split: SplitName; report: ClassificationReport }) {
  const { perClass, macro, weighted } = report;
  const rows = [
    ...perClass.map((scores) => ({ ...scores, average: false })),
    { ...macro, name: "macro average", average: true },
    { ...weighted, name: "weighted average", average: true },
  ];
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label={`Scores of each class, ${split} images`}>
      <table class="classes">
        <thead>
          <tr>
            <th scope="col">Class</th>
            {SCORES.map((score) => (
              <th key={score} scope="col">
                {NAMES[score]}
              </th>
            ))}
            <th scope="col">Images</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} class={row.average ? "average" : undefined}>
              <th scope="row">{row.name}</th>
              {SCORES.map((score) => (
                <td key={score}>
                  <span class="score" style={{ "--share": row[score].toFixed(4) }}>
                    {percent(row[score])}
                  </span>
                </td>
              ))}
              <td>{grouped(row.support)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
