/** The plots while rows come in, then the whole report, and both of its files to take away. */
import { useMemo } from "preact/hooks";
import { benchReportHtml, resultSections, suiteFigures, type Shown } from "../../../bench/report/report.ts";
import { suiteTitle, onAdapter } from "../../../bench/report/names.ts";
import type { BenchResult } from "../../../bench/result.ts";
import { saveFile } from "../../save-file.ts";
import { setOption, texts } from "../state/options.ts";
import { adapter, asked, busy, result, rows } from "../state/run.ts";
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
      {request.protocol.quick && <QuickLook />}
      {/* Escaped where it is made; the same text as in the report. */}
      <div class="result" dangerouslySetInnerHTML={{ __html: html }} />
    </article>
  );
}

/** Nobody should have to read to the end to learn what the figures are worth. */
function QuickLook() {
  const isChosen = texts.value.quick === "yes";
  return (
    <div class="notice quick-look">
      <h3>A quick look, not a measurement to quote</h3>
      <p>
        A few short rounds tell who is far ahead, not by how much: other tabs, other programs and a warm
        machine are in them. For figures to quote, close what else is open, leave this tab in front, and let
        it measure at length.
      </p>
      {isChosen && (
        <button
          type="button"
          class="secondary"
          disabled={busy.value}
          onClick={() => setOption("quick", "no")}
        >
          Choose a measurement to quote
        </button>
      )}
    </div>
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
          onClick={() => void saveFile(`${name}.html`, benchReportHtml(whole), "text/html")}
        >
          Save the report
        </button>
        <button
          type="button"
          class="secondary"
          onClick={() =>
            void saveFile(`${name}.json`, `${JSON.stringify(whole, null, 1)}\n`, "application/json")
          }
        >
          Save the figures as JSON
        </button>
      </div>
    </header>
  );
}
