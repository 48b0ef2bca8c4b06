/** The plots while rows come in, then the whole report, and both of its files to take away. */
import { useMemo } from "preact/hooks";
import { benchReportHtml, resultSections, suiteFigures, type Shown } from "../../../bench/report/report.ts";
import { suiteTitle, onAdapter } from "../../../bench/report/names.ts";
import type { BenchResult } from "../../../bench/result.ts";
import { saveFile } from "../../save-file.ts";
import { adapter, asked, result, rows } from "../state/run.ts";
import { Overture } from "./overture.tsx";

export function Results() {
  const whole = result.value;
  const where = adapter.value;
  const request = asked.value;
  const html = useMemo(() => {
    if (whole !== null) return resultSections(whole);
    if (request === null || where === null) return "";
    return suiteFigures({ suite: request.suite, rows: rows.value, adapter: where } as Shown);
  }, [whole, where, request, rows.value]);
  if (request === null) return <Overture />;
  if (html === "" || where === null) return null;
  return (
    <article aria-label="Result">
      {whole !== null && <TakeAway whole={whole} />}
      {/* Escaped where it is made; the same text as in the report. */}
      <div class="result" dangerouslySetInnerHTML={{ __html: html }} />
    </article>
  );
}

function TakeAway({ whole }: { whole: BenchResult }) {
  const name = `backlit-bench-${whole.suite}-${whole.environment.date.slice(0, 10)}`;
  return (
    <header>
      <h2 class="plan">{`${suiteTitle(whole)} ${onAdapter(whole.adapter)}`}</h2>
      <div class="take-away">
        <button
          type="button"
          class="secondary"
          onClick={() => saveFile(`${name}.html`, benchReportHtml(whole), "text/html")}
        >
          Save the report
        </button>
        <button
          type="button"
          class="secondary"
          onClick={() => saveFile(`${name}.json`, `${JSON.stringify(whole, null, 1)}\n`, "application/json")}
        >
          Save the figures as JSON
        </button>
      </div>
    </header>
  );
}
