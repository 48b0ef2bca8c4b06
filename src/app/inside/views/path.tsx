/** The way through the step, where one stands on it and what happens there, and the figures that matter throughout. */
import { useEffect, useRef } from "preact/hooks";
import { figure, power } from "../../format.ts";
import { worstPair } from "../../../lens/walk/words.ts";
import {
  derivation,
  goBy,
  goTo,
  index,
  lossBefore,
  moves,
  startAgain,
  stop,
  stops,
  takeStep,
  undo,
  workedOut,
} from "../state/step.ts";
import { PARTS, type Part } from "../state/stops.ts";

const TITLES: Record<Part, string> = {
  forward: "Forward",
  loss: "Loss",
  backward: "Backward",
  update: "Update",
};

export function Path() {
  const way = useRef<HTMLElement>(null);
  useEffect(() => bringIntoView(way.current!), [stop.value.id]);
  return (
    <div class="path">
      <nav ref={way} aria-label="The way through the step">
        {PARTS.map((part) => (
          <div key={part} class="part" role="group" aria-label={TITLES[part]}>
            <span aria-hidden="true">{TITLES[part]}</span>
            <ol>
              {stops.value
                .filter((each) => each.part === part)
                .map(({ id, title }) => (
                  <li key={id}>
                    <button
                      type="button"
                      aria-current={id === stop.value.id ? "step" : undefined}
                      onClick={() => goTo(id)}
                    >
                      {title}
                    </button>
                  </li>
                ))}
            </ol>
          </div>
        ))}
      </nav>
      <div class="walk">
        <button type="button" class="secondary" disabled={index.value === 0} onClick={() => goBy(-1)}>
          Back
        </button>
        <button
          type="button"
          class="primary"
          disabled={index.value === stops.value.length - 1}
          onClick={() => goBy(1)}
        >
          Next
        </button>
        <p id="stop-sentence" aria-live="polite">
          <span class="count">
            {index.value + 1}/{stops.value.length} <span class="unseen">{stop.value.title}: </span>
          </span>
          {stop.value.sentence}
        </p>
        <Figures />
        <Acts />
      </div>
    </div>
  );
}

/** Where the way is wider than the screen; the page itself stays where it is. */
function bringIntoView(way: HTMLElement): void {
  const current = way.querySelector<HTMLElement>("[aria-current]");
  if (current === null) return;
  const middle =
    current.getBoundingClientRect().left + current.offsetWidth / 2 - way.getBoundingClientRect().left;
  way.scrollLeft += middle - way.clientWidth / 2;
}

function Figures() {
  const { loss, differences, maxDifference } = derivation.value;
  const isApart = maxDifference !== undefined && maxDifference > 0;
  const before = lossBefore.value;
  return (
    <dl class="always">
      <div>
        <dt>Largest difference{isApart && `, in ${worstPair(differences).short}`}</dt>
        <dd id="difference" title="between the gradients of the two forms">
          {differenceText(maxDifference)}
        </dd>
      </div>
      <div>
        <dt>Loss{before === undefined ? "" : `, was ${figure(before)}`}</dt>
        <dd id="loss">{figure(loss)}</dd>
      </div>
      <div>
        <dt>Steps</dt>
        <dd id="steps">{workedOut.value.steps}</dd>
      </div>
    </dl>
  );
}

function Acts() {
  return (
    <div class="acts">
      <button type="button" class="secondary" onClick={takeStep}>
        Take the step
      </button>
      {moves.value.length > 0 && (
        <>
          <button type="button" class="quiet" onClick={undo}>
            Undo
          </button>
          <button type="button" class="quiet" onClick={startAgain}>
            Start again
          </button>
        </>
      )}
    </div>
  );
}

function differenceText(difference: number | undefined): string {
  if (difference === undefined) return "not compared";
  if (Number.isNaN(difference)) return "not comparable";
  return power(difference);
}
