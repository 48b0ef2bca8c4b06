/** What a page gives away as a file, once the browser has all of it. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer";

export interface Download {
  name: string;
  bytes: Uint8Array;
}

/** @param press what begins the download */
export async function downloadOf(page: Page, press: () => Promise<unknown>): Promise<Download> {
  const folder = await mkdtemp(join(tmpdir(), "backlit-download-"));
  const session = await page.createCDPSession();
  try {
    // Under their own names they are there before they are whole.
    await session.send("Browser.setDownloadBehavior", {
      behavior: "allowAndName",
      downloadPath: folder,
      eventsEnabled: true,
    });
    const begun = new Promise<string>((resolve) => {
      session.once("Browser.downloadWillBegin", ({ suggestedFilename }) => resolve(suggestedFilename));
    });
    const ended = new Promise<string>((resolve, reject) => {
      session.on("Browser.downloadProgress", ({ guid, state }) => {
        if (state === "completed") resolve(guid);
        if (state === "canceled") reject(new Error("the download was cancelled"));
      });
    });
    await press();
    const [name, guid] = await Promise.all([begun, ended]);
    return { name, bytes: new Uint8Array(await readFile(join(folder, guid))) };
  } finally {
    await session.detach();
    await rm(folder, { recursive: true, force: true });
  }
}
