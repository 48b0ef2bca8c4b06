/** An image through the trained model: activations on the way up, and a gradient on the way back to the pixels. */
import { useEffect } from "preact/hooks";
import "./image.css";
import { ModelLine } from "../../model/model-line.tsx";
import { TrainOrOpen } from "../../model/train-or-open.tsx";
import { useModel } from "../../model/use-model.ts";
import { busy } from "../../state/run.ts";
import { addresses } from "../../state/route.ts";
import { figure } from "../../format.ts";
import { Flow } from "./flow.tsx";
import { ShelfView } from "./shelf.tsx";
import {
  ask,
  failure,
  followChoice,
  followed,
  mean,
  meant,
  objective,
  shelves,
  type Followed,
} from "./state.ts";

export function ThroughModel() {
  useEffect(followChoice, []);
  const model = useModel({ live: true });
  if (model === null) return <NoModel />;
  const { dataset } = model.contents;
  if (shelves.value.length === 0) {
    return (
      <p class="lede">
        This model reads images of {dataset.height} × {dataset.width} pixels, and there are none here. Train
        on images of that size: <a href={addresses.value.train}>Train</a>. Or{" "}
        <a href={addresses.value.draw}>draw one</a>.
      </p>
    );
  }
  return (
    <>
      <ModelLine model={model} />
      {busy.value && model.origin.kind !== "file" && (
        <p class="fine">A run is under way: its network is here at the end of each epoch.</p>
      )}
      {failure.value !== "" && (
        <div class="notice grave" role="alert">
          <h3>The image could not be followed</h3>
          <p class="message">{failure.value}</p>
        </div>
      )}
      <div class="through">
        <ShelfView dataset={dataset} />
        <div class="followed">
          {followed.value === null ? (
            <p class="fine" role="status">
              Following …
            </p>
          ) : (
            <>
              <Verdict followed={followed.value} />
              <Flow followed={followed.value} />
            </>
          )}
        </div>
      </div>
    </>
  );
}

function NoModel() {
  return (
    <div class="notice">
      <h3>There is no model to look into yet</h3>
      <TrainOrOpen />
    </div>
  );
}

function Verdict({ followed: { trace, picture, model } }: { followed: Followed }) {
  const { classes } = model.contents.dataset;
  const about = objective.value;
  const truth = picture.label ?? meant.value;
  return (
    <div class="read-as">
      <p role="status">
        Read as <b>{classes[trace.read]}</b>
        {truth === trace.read && ", which it is"}
        {truth !== undefined && truth !== trace.read && (
          <>
            , though it is {picture.label === undefined ? "meant as" : "labelled"} <b>{classes[truth]}</b>
          </>
        )}
        . Loss {figure(trace.loss)}.
      </p>
      <div class="fields">
        {picture.label === undefined && (
          <div class="field">
            <label for="inside-meant">You meant</label>
            <select
              id="inside-meant"
              value={meant.value === undefined ? "" : String(meant.value)}
              onChange={({ currentTarget: { value } }) => mean(value === "" ? null : Number(value))}
            >
              <option value="">what it is read as</option>
              {classes.map((name, label) => (
                <option key={label} value={String(label)}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        )}
        <div class="field">
          <label for="inside-objective">Gradient of</label>
          <select
            id="inside-objective"
            value={String(about)}
            onChange={({ currentTarget: { value } }) => ask(value === "loss" ? "loss" : Number(value))}
          >
            <option value="loss">the loss</option>
            {classes.map((name, label) => (
              <option key={label} value={String(label)}>
                the logit of {name}
              </option>
            ))}
          </select>
        </div>
      </div>
    </div>
  );
}
