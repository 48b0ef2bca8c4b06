/** The model: what is in it, how well it reads, and how it comes and goes. */
import { useEffect, useRef } from "preact/hooks";
import { counted, decimal, grouped, percent } from "../format.ts";
import { parameterCount } from "../state/architecture.ts";
import { datasetTitle } from "../state/datasets.ts";
import type { HeldModel } from "../state/model.ts";
import { addresses } from "../state/route.ts";
import { Evaluate } from "./evaluate.tsx";
import { forgetModel, forgotten, keepProblem, takeBackModel } from "./keep.ts";
import { Layers, sizesOf } from "./layers.tsx";
import "./model.css";
import { inSentence, originOf } from "./model-line.tsx";
import { PickFile } from "./pick-file.tsx";
import { Continue } from "./continue.tsx";
import { Save } from "./save.tsx";
import { Tensors } from "./tensors.tsx";
import { LinkProblems } from "../views/link-problems.tsx";
import { followModelAddress } from "./model-address.ts";
import { useModel } from "./use-model.ts";

const linkProblems = followModelAddress("model");

export default function ModelView() {
  const model = useModel();
  return (
    <section class="view model" id="stage" aria-labelledby="model-title" tabIndex={-1}>
      <header class="view-head">
        <h2 id="model-title">The model</h2>
        {model ? (
          <p class="lede">{summary(model)}</p>
        ) : (
          <>
            {forgotten.value && <TakeBack />}
            <p class="lede">
              There is none{forgotten.value ? "" : " yet"}. <a href={addresses.value.train}>Train one</a>, or
              open a file: a model.safetensors, a checkpoint to go on from, or a whole run as a ZIP archive.
              Drop it anywhere on the page, or choose it here.
            </p>
            <PickFile />
          </>
        )}
        {keepProblem.value && <p class="notice">{keepProblem.value}</p>}
      </header>
      <LinkProblems problems={linkProblems.value} onUnderstood={() => (linkProblems.value = [])} />
      {model && <Held model={model} />}
    </section>
  );
}

function summary(model: HeldModel): string {
  const { dataset } = model.contents;
  return (
    `${grouped(parameterCount(sizesOf(model.contents)))} parameters that read ${dataset.classes.length} classes, ` +
    `trained on ${inSentence(dataset.name)}; ${originOf(model)}.`
  );
}

/** What was done by mistake is undone where it was done. */
function TakeBack() {
  const button = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone, and the focus with it: here, and again when this one is pressed.
  useEffect(() => button.current!.focus(), []);
  const takeBack = (): void => {
    document.getElementById("stage")?.focus();
    void takeBackModel();
  };
  return (
    <div class="notice" role="status">
      <p>The model is forgotten, here and for later visits. Until this page is closed it can be had again.</p>
      <button ref={button} type="button" class="secondary" onClick={takeBack}>
        Take it back
      </button>
    </div>
  );
}

function Held({ model }: { model: HeldModel }) {
  return (
    <div class="held">
      <Layers model={model.contents} />
      <div class="model-actions">
        <Save model={model} />
        <a class="button" href={addresses.value.draw}>
          Draw with it
        </a>
        <PickFile label="Open another …" />
        <button type="button" class="secondary" onClick={() => void forgetModel()}>
          Forget it
        </button>
      </div>
      <Continue key={model.checkpoint} model={model} />
      <Evaluate key={model.bytes} model={model} />
      <Facts model={model} />
      <Tensors model={model} />
    </div>
  );
}

function Facts({ model }: { model: HeldModel }) {
  const { dataset, training, validation, metrics, preprocessing } = model.contents;
  const facts: [string, string][] = [
    ["Dataset", datasetTitle(dataset.name)],
    ["Classes", dataset.classes.join(", ")],
    ["A pixel becomes", preprocessing],
  ];
  if (training) {
    const { optimizer, learningRate, schedule, epochs, batchSize, seed } = training;
    facts.push(
      ["Optimizer", `${optimizer}, learning rate ${learningRate} ${schedule}`],
      ["Set up for", `${counted(epochs, "epoch")} in batches of ${grouped(batchSize)}`],
      ["Seed", String(seed)],
    );
  }
  if (validation) facts.push(["Held out", `${counted(validation.rows, "row")}, by seed ${validation.seed}`]);
  for (const [name, value] of Object.entries(metrics ?? {}))
    facts.push([metricName(name), metricText(value)]);
  facts.push(["SHA-256 of the dataset", dataset.sha256 ?? "not known"]);
  return (
    <section aria-labelledby="file-title">
      <h3 id="file-title">What the file says</h3>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name} class={value.length > 48 ? "wide" : undefined}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const METRICS: Readonly<Record<string, string>> = {
  steps: "Steps",
  test: "Test images, when it was saved",
  validation: "Validation rows",
  train: "Training, last epoch’s mean",
};

function metricName(name: string): string {
  return METRICS[name] ?? name;
}

/** Files may carry any plain JSON here. */
function metricText(value: unknown): string {
  if (typeof value === "number") return grouped(value);
  const { accuracy, loss } = (value ?? {}) as { accuracy?: unknown; loss?: unknown };
  if (typeof accuracy === "number" && typeof loss === "number") {
    return `${percent(accuracy)}, loss ${decimal(loss)}`;
  }
  return JSON.stringify(value);
}
