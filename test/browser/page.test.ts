/** Every GPU case on a page. */
import { testCases } from "../support/gpu-suite.ts";

testCases("page");
