/** The verdict, what failed and what to use instead, and the paragraph for an issue. */
import { builtWith } from "../../bench/versions.ts";
import { withCommands } from "../../core/command-line.ts";
import { browserOf, summarize } from "../../lens/conformance/summary.ts";
import type { ConformanceReport } from "../../lens/conformance/report.ts";
import { counted, grouped } from "../format.ts";
import { saveFile } from "../save-file.ts";
import { AdapterName } from "../views/adapter-name.tsx";
import { CopyButton } from "../views/copy-button.tsx";
import { doctorCommand } from "./link.ts";
import { asked, report, stopped, userAgent } from "./state.ts";

export function Report() {
  const found = report.value;
  if (!found || found.cases === 0) return null;
  const right = found.failures === 0;
  return (
    <article class="verdict" aria-labelledby="verdict-title">
      <h3 id="verdict-title" class={right ? "title" : "title wrong"}>
        {verdict(found)}
      </h3>
      {!right && <Failures found={found} />}
      <Paragraph found={found} />
      <Circumstances found={found} />
    </article>
  );
}

function verdict({ cases, failures }: ConformanceReport): string {
  const ran = `${counted(cases, "case")}${stopped.value ? " that ran" : ""}`;
  const are = (count: number): string => (count === 1 ? "is" : "are");
  if (failures > 0) return `${grouped(failures)} of the ${ran} ${are(failures)} wrong.`;
  return `${stopped.value || cases === 1 ? "The" : "All"} ${ran} ${are(cases)} right.`;
}

function Failures({ found }: { found: ConformanceReport }) {
  return (
    <ul class="failures">
      {found.proposals.map(({ kernel, variant, instead }) => (
        <li key={`${kernel} ${variant}`}>
          <b>{kernel}</b>{" "}
          {instead === null
            ? "is wrong, and no table of tiles gets everything right here. Train on the CPU engine, or in another browser."
            : `is wrong with the tiles of “${variant}”, and right with those of “${instead.name}”.`}
        </li>
      ))}
      {found.failed.map(({ number, kernel, shape, variant, failure }) => (
        <li key={number}>
          Case {number}, {kernel}, {shape}, {variant}: {failure}
        </li>
      ))}
    </ul>
  );
}

function Paragraph({ found }: { found: ConformanceReport }) {
  const text = withCommands(
    summarize(found, {
      version: builtWith["backlit"] ?? "",
      platform: navigator.platform || "unknown platform",
      runtime: browserOf(userAgent.value),
    }),
  );
  return (
    <>
      <p class="paragraph">{text}</p>
      <div class="take-away">
        <CopyButton label="Copy this paragraph" text={() => text} kind="secondary" />
        <button
          type="button"
          class="secondary"
          onClick={() =>
            void saveFile("backlit-check.json", `${JSON.stringify(found, null, 1)}\n`, "application/json")
          }
        >
          Save the report as JSON
        </button>
      </div>
      <p class="fine">
        From a terminal: <code>{doctorCommand(asked.value)}</code>
      </p>
    </>
  );
}

function Circumstances({ found }: { found: ConformanceReport }) {
  return (
    <details class="behind">
      <summary>The adapter and its limits</summary>
      <dl class="facts">
        <div>
          <dt>Adapter</dt>
          <dd>
            <AdapterName adapter={found.adapter} />
          </dd>
        </div>
        <div>
          <dt>Tiles</dt>
          <dd>{found.tuning}</dd>
        </div>
        <div>
          <dt>Timestamps</dt>
          <dd>{found.timestamps}</dd>
        </div>
        {Object.entries(found.limits).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{grouped(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
