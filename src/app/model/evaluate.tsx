/** The held model, tried on test images. */
import { useSignal } from "@preact/signals";
import { counted, decimal, grouped, percent } from "../format.ts";
import type { HeldModel } from "../state/model.ts";
import { AdapterName } from "../views/adapter-name.tsx";
import { ClassTable } from "../views/class-table.tsx";
import { FailureMessage } from "../views/failure-message.tsx";
import { ChooseOwnFiles, FilesByHand } from "../views/files-by-hand.tsx";
import { Mistakes } from "../views/mistakes.tsx";
import { inSentence } from "./model-line.tsx";
import { engineHere, evaluateModel, outcome, problem, under, type Outcome } from "./evaluation.ts";
import { firstChoice, testDataFor, wantsOwnFiles } from "./test-data.ts";

export function Evaluate({ model }: { model: HeldModel }) {
  const { dataset } = model.contents;
  const offers = testDataFor(dataset);
  const picked = useSignal<string | undefined>(undefined);
  const isPossible = offers.some(({ name, obstacle }) => name === picked.value && obstacle === undefined);
  const chosen = isPossible ? picked.value : firstChoice(dataset, offers);
  const result = outcome.value?.model === model ? outcome.value : null;
  const busy = under.value !== undefined;
  return (
    <section aria-labelledby="evaluate-title">
      <h3 id="evaluate-title">Try it on test images</h3>
      <div class="evaluate">
        <div class="field">
          <label for="evaluate-data">Data</label>
          <select
            id="evaluate-data"
            value={chosen ?? ""}
            disabled={busy}
            onChange={(event) => (picked.value = event.currentTarget.value)}
          >
            {chosen === undefined && <option value="">None of these fits</option>}
            {offers.map(({ name, title, obstacle }) => (
              <option key={name} value={name} disabled={obstacle !== undefined}>
                {title}
                {obstacle !== undefined && ` (${obstacle})`}
              </option>
            ))}
          </select>
        </div>
        <button
          type="button"
          class="secondary"
          disabled={busy || chosen === undefined}
          onClick={() => chosen !== undefined && void evaluateModel(model, chosen)}
        >
          {busy ? "Reading …" : `Read them${engineHere() === "cpu" ? " on the CPU" : ""}`}
        </button>
      </div>
      {wantsOwnFiles(dataset) && (
        <div class="notice">
          <p>
            It was trained on own files: {dataset.height} × {dataset.width} pixels,{" "}
            {counted(dataset.classes.length, "class", "classes")}. Choose them again to try it on theirs.
          </p>
          <ChooseOwnFiles />
        </div>
      )}
      <p class={busy ? "fine" : "unseen"} role="status">
        {busy && progressText()}
        {result && `${percent(result.event.report.accuracy)} test accuracy.`}
      </p>
      {result && <Result result={result} />}
      {problem.value && (
        <div class="notice grave" role="alert">
          <FailureMessage text={problem.value.message} />
          {problem.value.data ? <FilesByHand data={problem.value.data} /> : <p>{problem.value.hint}</p>}
        </div>
      )}
    </section>
  );
}

function progressText(): string {
  const data = under.value;
  if (!data) return "Preparing the engine.";
  if (data.activity === "drawing") return "Drawing the test digits.";
  if (data.activity === "reading") return "Reading the files.";
  const share = data.total ? `, ${percent(data.done / data.total, 0)}` : "";
  return `Downloading${share}.`;
}

function Result({ result: { event, adapter } }: { result: Outcome }) {
  const { report, loss, dataset } = event;
  const rows = report.micro.support;
  const worst = confusions(report.confusion);
  return (
    <div class="evaluated">
      <p>
        <span class="big">{percent(report.accuracy)}</span>
        <span>test accuracy on {inSentence(dataset.name)}</span>
      </p>
      <p>
        {grouped(Math.round((1 - report.accuracy) * rows))} of {grouped(rows)} images misread. Loss{" "}
        {decimal(loss)}, macro F1 {percent(report.macro.f1)}.
        {worst.length > 0 && (
          <>
            {" "}
            Most often:{" "}
            {worst
              .map(
                ({ truth, read, count }) =>
                  `${dataset.classes[truth]} read as ${dataset.classes[read]} (${grouped(count)})`,
              )
              .join(", ")}
            .
          </>
        )}
      </p>
      <p class="fine measured-on">
        Measured on <AdapterName adapter={adapter} />
      </p>
      <details class="behind">
        <summary>Class by class</summary>
        <ClassTable split="test" report={report} />
      </details>
      {event.mistakes.length > 0 && <Mistakes result={event} />}
    </div>
  );
}

/** The three most frequent mistakes. @param confusion `[classes][classes]`, `confusion[truth][read]` */
function confusions(confusion: number[][]): { truth: number; read: number; count: number }[] {
  return confusion
    .flatMap((counts, truth) => counts.map((count, read) => ({ truth, read, count })))
    .filter(({ truth, read, count }) => truth !== read && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 3);
}
