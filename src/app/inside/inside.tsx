/** Inside a training step: every matrix of a small network, from the batch to the new weights. */
import { useEffect } from "preact/hooks";
import "./inside.css";
import { listenToKeys } from "./keys.ts";
import { followAddress } from "./state/step.ts";
import { Bill } from "./views/bill.tsx";
import { ChoiceForm, LinkProblems } from "./views/choices.tsx";
import { Files } from "./views/files.tsx";
import { Givens } from "./views/givens.tsx";
import { Path } from "./views/path.tsx";
import { Stop } from "./views/stop.tsx";
import { Working } from "./views/working.tsx";

followAddress();

export default function Inside() {
  useEffect(listenToKeys, []);
  return (
    <section class="view inside" id="stage" aria-labelledby="inside-title" tabIndex={-1}>
      <header class="lead">
        <h2 id="inside-title">Inside a training step</h2>
        <p class="lede">
          One step of a network small enough to read, worked out in full: every matrix, in the long form that
          the chain rule says, and in the short form that trains.
        </p>
      </header>
      <LinkProblems />
      <ChoiceForm />
      <Path />
      <Stop />
      <Givens />
      <Bill />
      <Files />
      <Working />
    </section>
  );
}
