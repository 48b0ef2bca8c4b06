/** What the long form costs beside the short one as a network grows: why there is a short form. */
import { billChart } from "../../../lens/walk/bill-chart.ts";
import { BILL_TEXT, billFigures, comparison, secondsText, sizesText } from "../../../lens/walk/words.ts";
import { byteSize, grouped, withMinus } from "../../format.ts";
import { failure, isMeasured, measure, measuring, rows } from "../state/bill.ts";
import { derivation } from "../state/step.ts";

export function Bill() {
  const charts = [
    billChart({ title: "Memory", rows: rows.value, pick: ({ bytes }) => bytes, format: byteSize }),
    isMeasured()
      ? billChart({ title: "Time", rows: rows.value, pick: ({ seconds }) => seconds, format: secondsText })
      : billChart({
          title: "Multiplications",
          rows: rows.value,
          pick: ({ multiplications }) => multiplications,
          format: countText,
        }),
  ];
  return (
    <section class="bill" aria-labelledby="bill-title">
      <h3 id="bill-title">Why there is a short form</h3>
      <p>{withMinus(comparison(derivation.value).join(" "))}</p>
      <p class="fine">{BILL_TEXT}</p>
      <div class="charts" dangerouslySetInnerHTML={{ __html: charts.join("") }} />
      <p class="fine">
        {isMeasured()
          ? "Hollow points were worked out from the shapes and not run. "
          : "Worked out from the shapes. "}
        <button type="button" class="link" disabled={measuring.value} onClick={() => void measure()}>
          {measuring.value ? "Measuring …" : "Measure the time here"}
        </button>
        <span role="status">{failure.value && ` It could not be measured: ${failure.value}.`}</span>
      </p>
      <details>
        <summary>The figures</summary>
        <Figures />
      </details>
    </section>
  );
}

/** `500`, `10 k`, `100 M` */
function countText(count: number): string {
  return count >= 1e6
    ? `${grouped(count / 1e6)} M`
    : count >= 1e4
      ? `${grouped(count / 1e3)} k`
      : grouped(count);
}

function Figures() {
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="The bill">
      <table>
        <thead>
          <tr>
            {[
              "Network",
              "Multiplications, long",
              "short",
              "Memory, long",
              "short",
              "Time, long",
              "short",
            ].map((name, i) => (
              <th key={i} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.value.map((row) => (
            <tr key={sizesText(row.sizes)}>
              <th scope="row">{sizesText(row.sizes)}</th>
              {billFigures(row).map((text, i) => (
                <td key={i}>{text}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
