/** Pictures of views as they are tested, to be looked at: kept where `BACKLIT_PICTURES` names a folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "puppeteer";

/** A phone, a laptop, a large screen. */
const WIDTHS = [390, 1440, 2560];

/** Takes whole pages at three widths in both themes; leaves the page as wide as it was. */
export async function takePictures(page: Page, name: string): Promise<void> {
  const folder = process.env["BACKLIT_PICTURES"];
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  const before = page.viewport();
  // What sticks to an edge of the window would lie in the middle of the picture.
  await page.evaluate(() => scrollTo(0, 0));
  for (const width of WIDTHS) {
    await page.setViewport({ width, height: 900 });
    for (const theme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
      // Plots take their new size, and colours fade.
      await new Promise((resolve) => setTimeout(resolve, 500));
      const path = join(folder, `${name}-${width}-${theme}.png`) as `${string}.png`;
      await page.screenshot({ path, fullPage: true });
    }
  }
  await page.setViewport(before);
}
