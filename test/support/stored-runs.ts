/** The list of runs that a page keeps between visits. */
import type { Page } from "puppeteer";
import type { KeptRun } from "../../src/app/state/kept-run.ts";

/** As the page stored them, newest first. */
export function storedRuns(page: Page): Promise<KeptRun[]> {
  return page.evaluate(
    () =>
      new Promise<KeptRun[]>((resolve, reject) => {
        const opening = indexedDB.open("backlit-runs");
        opening.addEventListener("error", () => reject(opening.error!));
        opening.addEventListener("success", () => {
          const reading = opening.result.transaction("runs").objectStore("runs").getAll();
          reading.addEventListener("success", () => {
            opening.result.close();
            resolve((reading.result as KeptRun[]).sort((a, b) => b.at - a.at));
          });
        });
      }),
  );
}
