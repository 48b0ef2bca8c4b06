/** A vitest reporter that leaves counts and names for scripts/test.js in the file BACKLIT_TEST_SUMMARY. */
import { writeFileSync } from "node:fs";

export default class TestSummary {
  onTestRunEnd(modules, unhandledErrors) {
    const summary = { passed: 0, failed: 0, skipped: [], failedNames: [] };
    const fail = (name) => {
      summary.failed++;
      summary.failedNames.push(name);
    };
    for (const module of modules) {
      const file = module.relativeModuleId;
      if (module.errors().length > 0) fail(file);
      for (const test of module.children.allTests()) {
        const name = `${file} > ${test.fullName}`;
        const { state } = test.result();
        if (state === "passed") summary.passed++;
        else if (state === "failed") fail(name);
        else summary.skipped.push(name);
      }
    }
    for (const error of unhandledErrors) fail(`unhandled: ${error.message}`);
    writeFileSync(process.env.BACKLIT_TEST_SUMMARY, JSON.stringify(summary));
  }
}
