/** How well it reads, in the end: the test split, class by class, and the mistakes. */
import { decimal, grouped, percent } from "../format.ts";
import { OFFERS } from "../state/datasets.ts";
import { adapter, done, evaluation, start } from "../state/run.ts";
import type { EvaluationEvent } from "../../worker/job.ts";
import { AdapterName } from "./adapter-name.tsx";
import { ConfusionMatrix } from "./confusion-matrix.tsx";
import { Mistakes } from "./mistakes.tsx";
import { SaveModel } from "./save-model.tsx";

export function Report() {
  const result = evaluation.value;
  if (!result) return null;
  return (
    <article class="report" aria-labelledby="report-title">
      <Headline result={result} />
      <section>
        <h3>Taken for one another</h3>
        <p class="fine">
          Rows are what an image shows, columns what the network read. Stronger colour is more mistakes.
        </p>
        <ConfusionMatrix confusion={result.report.confusion} classes={result.dataset.classes} />
      </section>
      <ClassTable result={result} />
      {result.mistakes.length > 0 && <Mistakes result={result} />}
      <Circumstances />
    </article>
  );
}

function Headline({ result }: { result: EvaluationEvent }) {
  const { report, loss, topK, dataset } = result;
  const wrong = Math.round((1 - report.accuracy) * report.micro.support);
  const topTwo = topK.find(({ k }) => k === 2);
  return (
    <header class="headline">
      <h2 id="report-title">
        <span class="big">{percent(report.accuracy)}</span> test accuracy
      </h2>
      <p class="lede">
        {titleOf(dataset.name)}: {grouped(wrong)} of {grouped(report.micro.support)} test images misread. Loss{" "}
        {decimal(loss)}, macro F1 {percent(report.macro.f1)}
        {topTwo && <>, right within two guesses {percent(topTwo.accuracy)}</>}.
      </p>
      <SaveModel />
    </header>
  );
}

function titleOf(dataset: string): string {
  return OFFERS.find(({ name }) => name === dataset)?.title ?? dataset;
}

function ClassTable({ result }: { result: EvaluationEvent }) {
  const { perClass, macro, weighted } = result.report;
  const rows = [
    ...perClass.map((scores) => ({ ...scores, average: false })),
    { ...macro, name: "macro average", average: true },
    { ...weighted, name: "weighted average", average: true },
  ];
  return (
    <section>
      <h3>Class by class</h3>
      <div class="scroller" tabIndex={0} role="region" aria-label="Scores of each class">
        <table>
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col">Precision</th>
              <th scope="col">Recall</th>
              <th scope="col">F1</th>
              <th scope="col">Images</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, precision, recall, f1, support, average }) => (
              <tr key={name} class={average ? "average" : undefined}>
                <th scope="row">{name}</th>
                <td>{percent(precision)}</td>
                <td>{percent(recall)}</td>
                <td>{percent(f1)}</td>
                <td>{grouped(support)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Circumstances() {
  const begun = start.value;
  const result = done.value;
  if (!begun || !result) return null;
  const { dispatchesPerStep, bytesUploadedPerStep, submits } = result.plan;
  const facts: [string, string][] = [
    ["Steps", `${grouped(result.steps)}, ${grouped(result.stepsPerSecond)} per second`],
    ["Seed", String(begun.training.seed)],
  ];
  if (begun.engine === "gpu") {
    facts.push(
      ["Dispatches per step", String(dispatchesPerStep)],
      ["Submits", grouped(submits)],
      ["Uploaded per step", `${bytesUploadedPerStep} bytes`],
    );
  }
  if (result.keptEpoch !== null) facts.push(["Parameters of epoch", String(result.keptEpoch)]);
  return (
    <section>
      <h3>Under these circumstances</h3>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {adapter.value && (
          <div class="wide">
            <dt>{begun.engine === "gpu" ? "Adapter" : "Engine"}</dt>
            <dd>
              <AdapterName adapter={adapter.value} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
