/** Every case as a test of its own, in a headless Chrome. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Place } from "../browser/page/page.ts";
import { CASES } from "../cases/index.ts";
import { openCaseBrowser, type CaseBrowser } from "./gpu-browser.ts";
import type { CaseReport } from "./gpu-lab.ts";

export function testCases(place: Place): void {
  describe(`cases in Chrome, ${place}`, () => {
    const reports: CaseReport[] = [];
    let browser: CaseBrowser | undefined;

    beforeAll(async () => {
      browser = await openCaseBrowser(place);
      console.log(`cases on the ${place}: ${browser.adapter}`);
    });

    afterAll(async () => {
      await browser?.close();
      const worst = reports.reduce((a, b) => (b.worst > a.worst ? b : a), reports[0]);
      const compared = reports.reduce((sum, report) => sum + report.compared, 0);
      if (worst) {
        console.log(
          `${compared} comparisons on the ${place}; worst error over bound ` +
            `${worst.worst.toFixed(3)} (${worst.name}: ${worst.worstAt})`,
        );
      }
    });

    for (const { name } of CASES) {
      test(name, async () => {
        const report = await browser!.run(name);
        reports.push(report);
        expect(report.failure).toBe("");
        expect(report.compared).toBeGreaterThan(0);
      });
    }
  });
}
