/** The cases are sharp: each deliberate fault in a kernel makes one of them fail. Without it they pass: page.test.ts. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCaseBrowser, type CaseBrowser } from "../support/gpu-browser.ts";
import { FAULTS } from "../support/gpu-faults.ts";

describe("deliberate faults", () => {
  let browser: CaseBrowser | undefined;

  beforeAll(async () => {
    browser = await openCaseBrowser("page");
    console.log(`${FAULTS.length} faults: ${browser.adapter}`);
  });

  afterAll(async () => {
    await browser?.close();
  });

  for (const { name, cases } of FAULTS) {
    test(name, async () => {
      const failures: string[] = [];
      for (const each of cases) failures.push((await browser!.run(each, name)).failure);
      const noticed = failures.filter((failure) => failure !== "");
      expect(noticed).not.toEqual([]);
      // A shader that does not compile would prove nothing.
      expect(noticed.join()).not.toContain("the case runs to its end");
    });
  }
});
