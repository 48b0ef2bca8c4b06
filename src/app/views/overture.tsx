/** The stage before anything has been trained: what will be looked at, and what will be built. */
import { LABELS } from "../state/fields.ts";
import { USUAL_SHAPE } from "../../data/catalogue.ts";
import { missingFiles, OFFERS, OWN_FILES } from "../state/datasets.ts";
import { problems, resolved, rowsToTrain } from "../state/options.ts";
import { footprint } from "../state/footprint.ts";
import { adapterState, preview } from "../state/trainer.ts";
import { byteSize, counted, grouped } from "../format.ts";
import { parameterCount } from "../state/architecture.ts";
import { Architecture } from "./architecture.tsx";
import { LightBox } from "./light-box.tsx";

/** Of the sets that can be chosen by name. */
const USUAL = { pixels: USUAL_SHAPE.height * USUAL_SHAPE.width, classes: USUAL_SHAPE.classes };

export function Overture() {
  const { data } = resolved.value;
  const offer = OFFERS.find(({ name }) => name === data);
  return (
    <div class="overture">
      {data === "synthetic" && preview.value ? (
        <LightBox samples={preview.value} columns={15} label="90 of the synthetic digits" />
      ) : (
        <div class={data === "synthetic" ? "light-box empty" : "light-box horizon"} />
      )}
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
      <Architecture
        input={data === OWN_FILES ? null : USUAL.pixels}
        classes={data === OWN_FILES ? null : USUAL.classes}
      />
      <Facts />
    </div>
  );
}

function ownFilesText(): string {
  return missingFiles.value.length === 0
    ? "Your files are read here and stay here. Their labels say how many classes there are."
    : "This run is on files of your own. Choose them in the settings, or drop them here: no link holds them, so they are asked for whenever one is opened. They are read here and stay here.";
}

/** What is not there, the notice above speaks of. */
function through(): string {
  if (resolved.value.engine === "cpu") return ", on the CPU";
  return adapterState.value.state === "none" ? "" : ", through WebGPU";
}

function Shape() {
  const { hidden, data } = resolved.value;
  const own = data === OWN_FILES;
  const sizes = [own ? "pixels" : grouped(USUAL.pixels), ...hidden.map(grouped), own ? "classes" : "10"];
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
  if (data !== OWN_FILES && rows !== undefined) {
    facts.unshift(["Parameters", grouped(parameterCount([USUAL.pixels, ...hidden, USUAL.classes]))]);
    if (bytes !== null) facts.push(["Device memory", byteSize(bytes)]);
    facts.push(["Steps", `${grouped(Math.ceil(rows / batchSize) * epochs)} in ${counted(epochs, "epoch")}`]);
  }
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
