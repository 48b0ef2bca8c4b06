/** The rows of any suite in one form: what was measured, who did it, how long it took. */
import { counted, grouped } from "../report/numbers.ts";
import { productText } from "./matmul-suite.ts";
import type { BackendName, BenchResult, ContenderName, WorkloadId } from "./result.ts";

export interface Measurement {
  /** The same in every result that measured the same. */
  key: string;
  /** For a person. */
  what: string;
  contender: ContenderName;
  backend: BackendName;
  unit: "ms" | "s" | "µs";
  value: number;
  /** Values of single rounds; empty where there are none. */
  rounds: readonly number[];
  /** Whether losses or sums agreed. */
  ranked: boolean;
}

export function measurementsOf(result: BenchResult): Measurement[] {
  switch (result.suite) {
    case "matmul":
      return result.rows.map((row) =>
        measurement(row, productText(row), {
          unit: "ms",
          value: row.ms,
          rounds: row.rounds,
          ranked: row.agrees,
        }),
      );
    case "kernels":
      return result.rows
        .map((row) =>
          measurement(row, `${workloadText(row)}: ${row.dispatch}`, {
            unit: "ms",
            value: row.ms,
            rounds: [row.fastest, row.slowest].filter((ms) => ms > 0),
          }),
        )
        .filter(({ value }) => value > 0);
    case "accuracy":
      return result.rows.flatMap((row) =>
        row.reached.flatMap(({ accuracy, seconds }) =>
          seconds === null
            ? []
            : [
                measurement(row, `${workloadText(row)}: until ${100 * accuracy} %`, {
                  unit: "s",
                  value: seconds,
                }),
              ],
        ),
      );
    case "overhead":
      return result.rows.map((row) =>
        measurement(row, `submit of ${grouped(row.dispatches)}`, { unit: "µs", value: row.usPerSubmit }),
      );
    default:
      return result.rows.map((row) =>
        measurement(row, workloadText(row), {
          unit: "ms",
          value: row.msPerStep,
          rounds: row.rounds,
          ranked: row.lossAgrees,
        }),
      );
  }
}

function measurement(
  { contender, backend }: { contender: ContenderName; backend: BackendName },
  what: string,
  figures: Pick<Measurement, "unit" | "value"> & Partial<Pick<Measurement, "rounds" | "ranked">>,
): Measurement {
  const key = `${what} ${contender} ${backend}`;
  return { key, what, contender, backend, rounds: [], ranked: true, ...figures };
}

function workloadText({ network, batch, optimizer, input, trainRows }: WorkloadId): string {
  return `${network}, batch ${batch}, ${optimizer}, ${input}, ${counted(trainRows, "row")}`;
}
