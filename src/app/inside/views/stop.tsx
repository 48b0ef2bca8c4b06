/** One stop on the way: its matrices, with those that they are made from. */
import { Fragment } from "preact";
import { agreementText } from "../../../lens/walk/words.ts";
import { withMinus } from "../../format.ts";
import type { Column } from "../state/stops.ts";
import { derivation, sample, showSample, stop, workedOut } from "../state/step.ts";
import { Matrix } from "./matrix.tsx";

export function Stop() {
  const { columns, part } = stop.value;
  return (
    <section class="stop" aria-labelledby="stop-sentence">
      {part === "backward" && workedOut.value.omitted !== "" && <p class="fine">{workedOut.value.omitted}</p>}
      <div class={`columns${columns.length > 1 ? " two" : ""}`}>
        {columns.map((column) => (
          <FormColumn key={column.form ?? "only"} column={column} />
        ))}
      </div>
    </section>
  );
}

function FormColumn({ column }: { column: Column }) {
  const { form, groups } = column;
  return (
    <div class="column">
      {form === "long" && (
        <header>
          <h3>Long form</h3>
          <Samples />
        </header>
      )}
      {form === "short" && (
        <header>
          <h3>Short form</h3>
          <small>the whole batch at once</small>
        </header>
      )}
      {groups.map(({ sources, ids }, number) => (
        <Fragment key={number}>
          {sources.length > 0 && (
            <div
              class="matrices sources"
              role="group"
              aria-label={number === 0 ? "From before" : "Of other samples"}
            >
              <small aria-hidden="true">{number === 0 ? "From before" : "Of other samples"}</small>
              {sources.map((id) => (
                <Matrix key={id} id={id} brief />
              ))}
            </div>
          )}
          <div class="matrices">
            {ids.map((id) => (
              <Matrix key={id} id={id} />
            ))}
          </div>
        </Fragment>
      ))}
      <Difference column={column} />
    </div>
  );
}

function Samples() {
  const { rows } = derivation.value;
  if (rows === 1) return <small>one sample</small>;
  return (
    <fieldset class="samples">
      <legend>Sample</legend>
      {Array.from({ length: rows }, (_, number) => (
        <label key={number}>
          <input
            type="radio"
            name="sample"
            checked={number === sample.value}
            onChange={() => showSample(number)}
          />
          <span>{number + 1}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** How far the gradients that are worked out here are from those of the other form. */
function Difference({ column: { form, groups } }: { column: Column }) {
  if (form !== "short") return null;
  const pairs = derivation.value.differences.filter(({ short }) =>
    groups.some(({ ids }) => ids.includes(short)),
  );
  if (pairs.length === 0) return null;
  return (
    <p class="fine agreement">
      {pairs.map(({ long, short, difference }) => (
        <span key={short}>
          {short} and {long}: {withMinus(agreementText(difference))}.{" "}
        </span>
      ))}
    </p>
  );
}
