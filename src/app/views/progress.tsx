/** The run while it happens: figures, curves, and the table behind the curves. */
import { byteSize, counted, decimal, duration, grouped, percent } from "../format.ts";
import {
  adapter,
  busy,
  done,
  epochMeans,
  epochs,
  latest,
  loading,
  phase,
  samples,
  searching,
  secondsLeft,
  speed,
  start,
  validation,
} from "../state/run.ts";
import { ghosts } from "../state/runs.ts";
import type { SamplesEvent } from "../../worker/trainer-api.ts";
import { AdapterName } from "./adapter-name.tsx";
import { CurveControls } from "./curve-controls.tsx";
import { CurvePlot } from "./curve-plot.tsx";
import { LookPanels } from "./look-panel.tsx";
import { Panel } from "./panel.tsx";
import { Validation } from "./validation.tsx";
import { LightBox } from "./light-box.tsx";

export function Progress() {
  if (!start.value) return phase.value === "ended" ? null : <Loading />;
  if (hasNothing()) return null;
  return (
    <>
      <Figures />
      <CurvePlots />
      <p class="fine">
        Each point of a training curve is the mean of the steps since the point before, with dropout and label
        smoothing as they train; validation has neither. The figures above are means over the whole epoch.
      </p>
      <EpochTable />
      {start.value.rows.validation > 0 && (
        <Panel title="Confusion matrix of the validation images">{() => <Validation />}</Panel>
      )}
      <LookPanels />
      {samples.value && (
        <Panel title="Training images">{() => <SampleSheet samples={samples.value!} />}</Panel>
      )}
    </>
  );
}

/** A run that ended before its first step has nothing to be shown. */
function hasNothing(): boolean {
  return phase.value === "ended" && latest.value === null && epochs.value.length === 0;
}

function CurvePlots() {
  return (
    <>
      <CurveControls />
      <div class="plots">
        <CurvePlot name="loss" title="Loss" format={(value) => decimal(value, 4)} />
        <CurvePlot name="accuracy" title="Accuracy" format={(value) => percent(value)} />
      </div>
    </>
  );
}

/** Earlier runs beside one another, while there is no run to lay them behind. */
export function ComparedRuns() {
  if ((start.value && !hasNothing()) || busy.value || ghosts.value.length === 0) return null;
  return <CurvePlots />;
}

const COMPILING = "Compiling the kernels and sending the images to the device …";
const SEARCHING = "Trying on the device which kernel tiles are fastest …";

function Loading() {
  const data = loading.value;
  return (
    <div class="overture">
      {samples.value ? <SampleSheet samples={samples.value} /> : <div class="light-box empty" />}
      <p class="lede">{data ? <LoadingText /> : searching.value ? SEARCHING : COMPILING}</p>
    </div>
  );
}

function SampleSheet({ samples: shown }: { samples: SamplesEvent }) {
  return <LightBox samples={shown} columns={15} label={`${shown.labels.length} of the training images`} />;
}

function LoadingText() {
  const { activity, done: finished, total, file } = loading.value!;
  if (activity === "drawing") {
    return (
      <>
        Drawing digits: <span class="number">{grouped(finished)}</span> of {grouped(total ?? 0)}
      </>
    );
  }
  if (activity === "reading") return <>Reading and checking the files …</>;
  const all = total === null ? "" : ` of ${byteSize(total)}`;
  return (
    <>
      <span class="number">
        {(finished / 1e6).toFixed(1)} MB{all}
      </span>{" "}
      {file}
    </>
  );
}

function Figures() {
  const step = latest.value;
  const means = epochMeans.value;
  const scores = validation.value;
  const result = done.value;
  const epochCount = start.value!.training.epochs;
  return (
    <>
      <dl class="figures">
        <Figure name="Training loss" over="epoch mean" value={means && decimal(means.loss)} />
        <Figure name="Training accuracy" over="epoch mean" value={means && percent(means.accuracy)} />
        <Figure
          name="Validation accuracy"
          value={scores ? percent(scores.accuracy) : null}
          coming={busy.value && start.value!.rows.validation > 0}
          accent
        />
        <Figure name="Epoch" value={String(Math.min(epochCount, step?.epoch ?? 1))} of={` / ${epochCount}`} />
        <Figure
          name="Images per second"
          value={
            result ? grouped(result.samplesPerSecond) : speed.value === null ? null : grouped(speed.value)
          }
        />
        {result || phase.value === "ended" ? (
          <Figure name="Training time" value={result ? duration(result.seconds) : null} />
        ) : (
          <Figure name="Time left" value={secondsLeft.value === null ? null : duration(secondsLeft.value)} />
        )}
      </dl>
      {adapter.value && (
        <p class="fine measured">
          Measured on <AdapterName adapter={adapter.value} />
        </p>
      )}
    </>
  );
}

function Figure({
  name,
  value,
  of,
  over,
  accent,
  coming = busy.value,
}: {
  name: string;
  value: string | null;
  of?: string;
  /** What it is a mean over. */
  over?: string;
  accent?: boolean;
  /** Without a value: whether there will be one. */
  coming?: boolean;
}) {
  return (
    <div class={accent ? "figure accent" : "figure"}>
      <dt>{name}</dt>
      <dd>
        {value ?? (coming ? <span class="coming">…</span> : <span class="none">–</span>)}
        {of && <span class="of">{of}</span>}
        {over && <small>{over}</small>}
      </dd>
    </div>
  );
}

/** Beyond that, nobody reads. */
const MOST_ROWS = 500;

function EpochTable() {
  const finished = epochs.value.length;
  if (finished === 0) return null;
  return (
    <details class="behind">
      <summary>The figures behind the curves</summary>
      {finished > MOST_ROWS && <p class="fine">The last {counted(MOST_ROWS, "epoch")}.</p>}
      <div class="scroller" tabIndex={0} role="region" aria-label="Epochs">
        <table>
          <thead>
            <tr>
              <th scope="col">Epoch</th>
              <th scope="col">Step</th>
              <th scope="col">Training loss</th>
              <th scope="col">Training accuracy</th>
              <th scope="col">Validation loss</th>
              <th scope="col">Validation accuracy</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {epochs.value.slice(-MOST_ROWS).map(({ epoch, step, train, validation, seconds }) => (
              <tr key={epoch}>
                <th scope="row">{epoch}</th>
                <td>{grouped(step)}</td>
                <td>{decimal(train.loss)}</td>
                <td>{percent(train.accuracy)}</td>
                <td>{validation ? decimal(validation.loss) : "none"}</td>
                <td>{validation ? percent(validation.accuracy) : "none"}</td>
                <td>{duration(seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
