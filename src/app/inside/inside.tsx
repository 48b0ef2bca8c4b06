/** Inside: a training step of a small network, matrix by matrix, or an image on its way through the trained one. */
import "./inside.css";
import { ThroughModel } from "./image/through-model.tsx";
import { routeHash } from "../state/route.ts";
import { LinkProblems } from "../views/link-problems.tsx";
import { followAddress, linkProblems, queries, shown, SHOWN, type Shown } from "./state/link.ts";
import { WorkedOut } from "./views/worked-out.tsx";

const TITLES: Record<Shown, string> = {
  step: "A training step, worked out",
  image: "An image through your model",
};

const LEADS: Record<Shown, string> = {
  step:
    "One step of a network small enough to read: every matrix, in the long form that the chain rule says, and in the " +
    "short form that trains.",
  image:
    "What each layer of the trained network makes of an image, and how each pixel would have to change to change that: " +
    "computed in float64 by the plain reference.",
};

followAddress();

export default function Inside() {
  return (
    <section class="view inside" id="stage" aria-labelledby="inside-title" tabIndex={-1}>
      <header class="lead">
        <nav aria-label="Inside">
          <ul>
            {SHOWN.map((name) => (
              <li key={name}>
                <a
                  href={routeHash({ view: "inside", query: queries.value[name] })}
                  aria-current={shown.value === name ? "page" : undefined}
                >
                  {TITLES[name]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <h2 id="inside-title" class="unseen">
          Inside: {TITLES[shown.value]}
        </h2>
        <p class="lede">{LEADS[shown.value]}</p>
      </header>
      <LinkProblems problems={linkProblems.value} onUnderstood={() => (linkProblems.value = [])} />
      {shown.value === "step" ? <WorkedOut /> : <ThroughModel />}
    </section>
  );
}
