/** The doctor: whether this browser, driver and adapter compute what they should. */
import { useEffect } from "preact/hooks";
import { withCommands } from "../../core/command-line.ts";
import { AdapterName } from "../views/adapter-name.tsx";
import { adapterState } from "../state/trainer.ts";
import { LinkProblems } from "../views/link-problems.tsx";
import { CaseChoice } from "./case-choice.tsx";
import { CheckBar } from "./check-bar.tsx";
import { KernelTable } from "./kernel-table.tsx";
import { Report } from "./report.tsx";
import { failure, followDoctorLink, linkProblems, phase, random } from "./state.ts";
import "./doctor.css";

export default function Doctor() {
  useEffect(followDoctorLink, []);
  return (
    <section class="doctor" id="stage" aria-labelledby="doctor-title" tabIndex={-1} data-phase={phase.value}>
      <header>
        <h2 class="title" id="doctor-title">
          Does this browser compute correctly?
        </h2>
        <p class="lede">
          Drivers have bugs, and a wrong kernel still trains, only worse. Here{" "}
          {random.value
            ? "kernels that training would use run at shapes drawn at random"
            : "every kernel that training would use runs at awkward shapes"}
          , on <Where />. Each number is compared with float64 arithmetic, against a bound that is derived
          from the rounding of every operation.
        </p>
      </header>
      <LinkProblems problems={linkProblems.value} onUnderstood={() => (linkProblems.value = [])} />
      <CaseChoice />
      <CheckBar />
      {failure.value && (
        <div class="notice grave" role="alert">
          <h2>The check could not go on</h2>
          <p class="message">{failure.value.message}</p>
          {failure.value.hint !== "" && <p>{withCommands(failure.value.hint)}</p>}
        </div>
      )}
      <Report />
      <KernelTable />
    </section>
  );
}

function Where() {
  const asked = adapterState.value;
  if (asked.state !== "found") return <>this machine’s adapter</>;
  return <AdapterName adapter={asked.adapter} />;
}
