/** The part of report.html that says where the time of a step went, for runs with `--profile`. */
import type { ProfileReport } from "../../core/profile.ts";
import { adapterName } from "../../gpu/device.ts";
import { escapeHtml, scroller } from "../../report/html.ts";
import { percent, threeDigits } from "../../report/numbers.ts";

const COLUMNS = ["dispatch", "ms", "share", "GFLOP/s", "GB/s", "of its roof"];

export function profileSection({ dispatches, clock, roofline, step, adapter }: ProfileReport): string {
  const rows = dispatches.map(({ name, ms, share, gflops, gbps, ofRoofline, bound }) => {
    const figures = [threeDigits(ms), percent(share, 0), threeDigits(gflops), threeDigits(gbps)];
    const cells = [...figures, `${percent(ofRoofline, 0)} (${bound})`].map((text) => `<td>${text}</td>`);
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join("")}</tr>`;
  });
  const head = COLUMNS.map((title) => `<th scope="col">${title}</th>`).join("");
  const way =
    clock.method === "timestamps"
      ? `by timestamps of the device, whose smallest step is ${threeDigits(clock.quantum / 1000)} µs`
      : "by the host’s clock, around many dispatches of one kind";
  return `<h2>Where the time of a step goes</h2>
<p class="quiet">Timed ${way}, on ${escapeHtml(adapterName(adapter))}: ${threeDigits(step.ms)} ms together. The roofs, measured there too, are
${threeDigits(roofline.gflops)} GFLOP/s and ${threeDigits(roofline.gbps)} GB/s. More is in <code>profile.json</code> beside this report; <code>trace.json</code> opens in Perfetto.</p>
${scroller("Time of each dispatch", `<table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`)}`;
}
