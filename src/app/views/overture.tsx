/** The stage before anything has been trained: what will be looked at, and what will be built. */
import { LABELS } from "../state/fields.ts";
import { OFFERS, OWN_FILES, shapeOfData } from "../state/datasets.ts";
import { fileProblems, missingFiles, ownSamples, ownShape } from "../state/own-files.ts";
import { problems, resolved, rowsToTrain } from "../state/options.ts";
import { footprint } from "../state/footprint.ts";
import { adapterState, preview } from "../state/trainer.ts";
import { byteSize, counted, grouped } from "../format.ts";
import { parameterCount } from "../state/architecture.ts";
import { Architecture } from "./architecture.tsx";
import { LightBox } from "./light-box.tsx";

export function Overture() {
  const { data } = resolved.value;
  const offer = OFFERS.find(({ name }) => name === data);
  const shape = shapeOfData(data);
  return (
    <div class="overture">
      <Samples data={data} />
      <h2 class={problems.value.hidden === undefined ? "plan" : "plan stale"}>
        <Shape />
      </h2>
      <p class="lede">
        {data === "synthetic" &&
          `70,000 handwritten digits are drawn by this page, a few seconds’ work. Then a network learns to read them${through()}. Nothing leaves this computer.`}
        {data === OWN_FILES && ownFilesText()}
        {offer &&
          data !== "synthetic" &&
          data !== OWN_FILES &&
          `${offer.title} is downloaded once (${offer.note}), verified, and kept by this browser.`}
      </p>
      <Architecture input={shape ? shape.height * shape.width : null} classes={shape?.classes ?? null} />
      <Facts />
    </div>
  );
}

/** What can be looked at before anything is loaded. */
function Samples({ data }: { data: string }) {
  if (data === "synthetic") {
    return preview.value ? (
      <LightBox samples={preview.value} columns={15} label="90 of the synthetic digits" />
    ) : (
      <div class="light-box empty" />
    );
  }
  if (data === OWN_FILES && ownSamples.value) {
    return <LightBox samples={ownSamples.value} columns={15} label="The first of your training images" />;
  }
  return <div class="light-box horizon" />;
}

function ownFilesText(): string {
  const shape = ownShape.value;
  if (shape) {
    const { height, width, train, test, classes } = shape;
    return `Your files: ${counted(train, "image")} of ${height} × ${width} to learn from, ${grouped(test)} to test with, in ${grouped(classes)} classes. They are read here and stay here.`;
  }
  if (missingFiles.value.length > 0)
    return "This run is on files of your own. Choose them in the settings, or drop them here: no link holds them, so they are asked for whenever one is opened. They are read here and stay here.";
  return Object.keys(fileProblems.value).length > 0
    ? "The settings say what is wrong with your files. They are read here and stay here."
    : "Your files are read here and stay here. Their labels say how many classes there are.";
}

/** What is not there, the notice above speaks of. */
function through(): string {
  if (resolved.value.engine === "cpu") return ", on the CPU";
  return adapterState.value.state === "none" ? "" : ", through WebGPU";
}

function Shape() {
  const { hidden, data } = resolved.value;
  const shape = shapeOfData(data);
  const sizes = [
    shape ? grouped(shape.height * shape.width) : "pixels",
    ...hidden.map(grouped),
    shape ? grouped(shape.classes) : "classes",
  ];
  return (
    <>
      {sizes.map((size, index) => (
        <span key={index}>
          {index > 0 && <span class="arrow"> → </span>}
          {size}
        </span>
      ))}
    </>
  );
}

function Facts() {
  const { hidden, data, activation, optimizer, learningRate, schedule, epochs, batchSize } = resolved.value;
  const rows = rowsToTrain.value;
  const bytes = footprint.value?.type === "footprint" ? footprint.value.bytes : null;
  const facts: [string, string][] = [
    [LABELS.activation, hidden.length > 0 ? [activation].flat().join(", ") : "none, a linear classifier"],
    [LABELS.optimizer, `${optimizer}, ${learningRate} ${schedule}`],
  ];
  const shape = shapeOfData(data);
  if (shape && rows !== undefined) {
    const sizes = [shape.height * shape.width, ...hidden, shape.classes];
    facts.unshift(["Parameters", grouped(parameterCount(sizes))]);
    if (bytes !== null) facts.push(["Device memory", byteSize(bytes)]);
    facts.push(["Steps", `${grouped(Math.ceil(rows / batchSize) * epochs)} in ${counted(epochs, "epoch")}`]);
  }
  return (
    <dl class={Object.keys(problems.value).length > 0 ? "facts stale" : "facts"}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
