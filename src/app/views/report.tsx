/** How well it reads, in the end: the test split, class by class, and the mistakes. */
import { guessingCauses, guessingShare } from "../../core/guessing.ts";
import { decimal, grouped, percent } from "../format.ts";
import { datasetTitle } from "../state/datasets.ts";
import { adapter, done, evaluation, start } from "../state/run.ts";
import type { EvaluationEvent } from "../../worker/job.ts";
import { AdapterName } from "./adapter-name.tsx";
import { ClassTable } from "./class-table.tsx";
import { ConfusionMatrix } from "./confusion-matrix.tsx";
import { Mistakes } from "./mistakes.tsx";
import { SaveFile } from "./save-file.tsx";

export function Report() {
  const result = evaluation.value;
  if (!result) return null;
  return (
    <article class="report" aria-labelledby="report-title">
      <Headline result={result} />
      <section>
        <h3>Taken for one another</h3>
        <p class="fine">
          Rows are what an image shows, columns what the network read. Stronger colour is more mistakes. Open
          a cell to see its images.
        </p>
        <ConfusionMatrix split="test" confusion={result.report.confusion} classes={result.dataset.classes} />
      </section>
      <section>
        <h3>Class by class</h3>
        <ClassTable split="test" report={result.report} />
      </section>
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
        {datasetTitle(dataset.name)}: {grouped(wrong)} of {grouped(report.micro.support)} test images misread.
        Loss {decimal(loss)}, macro F1 {percent(report.macro.f1)}
        {topTwo && <>, right within two guesses {percent(topTwo.accuracy)}</>}.
      </p>
      <Guessing result={result} />
      <SaveFile name="model.safetensors" />
    </header>
  );
}

/** A figure by itself does not say that it is one of chance. */
function Guessing({ result: { report, dataset } }: { result: EvaluationEvent }) {
  const share = guessingShare(report);
  if (share === undefined || !done.value) return null;
  const { train, steps } = done.value;
  return (
    <p class="notice">
      <strong>No better than guessing.</strong> Always naming the most frequent class reads {percent(share)}{" "}
      right. {guessingCauses(dataset.classes.length, { loss: train?.loss ?? null, steps })}
    </p>
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
