/** Every GPU case in a dedicated worker. */
import { testCases } from "../support/gpu-suite.ts";

testCases("worker");
