/** Draw something, and see at every stroke what the network makes of it. */
import { readsDigits } from "../../data/images/prepare.ts";
import { TrainOrOpen } from "../model/train-or-open.tsx";
import { ModelLine } from "../model/model-line.tsx";
import { followModelAddress } from "../model/model-address.ts";
import { useModel } from "../model/use-model.ts";
import { addresses } from "../state/route.ts";
import { busy } from "../state/run.ts";
import { Answer } from "./answer.tsx";
import "./draw.css";
import { Helps, Paper } from "./paper.tsx";
import { Sight } from "./sight.tsx";
import { LinkProblems } from "../views/link-problems.tsx";
import { drawing } from "./link.ts";
import { readingProblem } from "./reading.ts";

const linkProblems = followModelAddress("draw", drawing);

export default function Draw() {
  const model = useModel({ live: true });
  const digits = !model || readsDigits(model.contents.dataset);
  return (
    <section class="view draw" id="stage" aria-labelledby="draw-title" tabIndex={-1}>
      <header class="view-head">
        <h2 id="draw-title">{digits ? "Draw a digit" : "Draw something"}</h2>
        {model && <ModelLine model={model} />}
        {busy.value && model?.origin.kind === "run" && (
          <p class="fine">
            A run is under way: its network reads here at the end of each epoch.{" "}
            <a href={addresses.value.train}>The run</a>
          </p>
        )}
      </header>
      <LinkProblems problems={linkProblems.value} onUnderstood={() => (linkProblems.value = [])} />
      {readingProblem.value !== null && (
        <p class="notice grave" role="alert">
          The drawing could not be read: {readingProblem.value}
        </p>
      )}
      <div class="draw-stage">
        <Paper />
        {model ? <Answer model={model} /> : <NoModel />}
        {model && <Sight model={model} />}
        <Helps digits={digits} />
      </div>
    </section>
  );
}

function NoModel() {
  if (busy.value) {
    return (
      <div class="notice no-model">
        <h3>There is no model to read with yet</h3>
        <p>The network of the run reads here as soon as its first epoch is finished.</p>
      </div>
    );
  }
  return (
    <div class="notice no-model">
      <h3>There is no model to read with yet</h3>
      <TrainOrOpen />
    </div>
  );
}
