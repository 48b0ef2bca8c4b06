/** How the tests run: all in Node; those that need a browser start one themselves. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    // Two at a time: the suite is meant for small machines, where more browsers only slow each other down.
    maxWorkers: 2,
  },
});
