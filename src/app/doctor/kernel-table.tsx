/** What has been compared so far, kernel by kernel: every case a mark on the way to its bound. */
import { byKernel, ratioText, type CaseResult } from "../../lens/conformance/report.ts";
import { grouped, withMinus } from "../format.ts";
import { results } from "./state.ts";

export function KernelTable() {
  const cases = results.value;
  if (cases.length === 0) return null;
  return (
    <section>
      <h3>Kernel by kernel</h3>
      <p class="fine">
        Each mark is a case, at its largest error as a share of the bound: the left end is no error at all,
        the right end is the bound.
      </p>
      <div class="scroller" tabIndex={0} role="region" aria-label="Kernels">
        <table class="kernels">
          <thead>
            <tr>
              <th scope="col">Kernel</th>
              <th scope="col">Verdict</th>
              <th scope="col">Largest</th>
              <th scope="col">Error over bound</th>
              <th scope="col">Cases</th>
              <th scope="col">Numbers compared</th>
            </tr>
          </thead>
          <tbody>
            {byKernel(cases).map((row) => (
              <tr key={row.kernel} class={row.failures > 0 ? "bad" : undefined}>
                <th scope="row">{row.kernel}</th>
                <td>{row.failures === 0 ? "right" : `${grouped(row.failures)} wrong`}</td>
                <td>{withMinus(ratioText(row.errorOverBound))}</td>
                <td>
                  <Strip cases={cases.filter(({ kernel }) => kernel === row.kernel)} />
                </td>
                <td>{grouped(row.cases)}</td>
                <td>{grouped(row.compared)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The table's figures say the same in words. */
function Strip({ cases }: { cases: readonly CaseResult[] }) {
  return (
    <svg class="strip" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      {cases.map(({ number, errorOverBound, failure }) => {
        const x = 100 * Math.min(1, failure === "" ? errorOverBound : 1);
        return (
          <line key={number} class={failure === "" ? "mark" : "mark wrong"} x1={x} x2={x} y1={1} y2={9} />
        );
      })}
    </svg>
  );
}
