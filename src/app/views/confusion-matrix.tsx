/** The confusion matrix as a heat map that is a table: every count can be read, and read out. */
import { grouped } from "../format.ts";

interface Props {
  /** `confusion[truth][predicted]`, counts */
  confusion: number[][];
  classes: string[];
}

export function ConfusionMatrix({ confusion, classes }: Props) {
  const worst = Math.max(
    1,
    ...confusion.flatMap((row, truth) => row.filter((_, predicted) => predicted !== truth)),
  );
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="Confusion matrix">
      <table class="confusion">
        <thead>
          <tr>
            <td />
            {classes.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, truth) => (
            <tr key={classes[truth]}>
              <th scope="row">{classes[truth]}</th>
              {row.map((count, predicted) => (
                <td
                  key={predicted}
                  class={predicted === truth ? "right" : count === 0 ? "nil" : "wrong"}
                  style={predicted !== truth && count > 0 ? { "--heat": heat(count, worst) } : undefined}
                >
                  {grouped(count)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The square root lets rare mistakes show beside frequent ones. */
function heat(count: number, worst: number): string {
  return Math.sqrt(count / worst).toFixed(3);
}
