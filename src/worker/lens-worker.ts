/** The page's second worker: what the lens computes, apart from training, so that neither waits for the other. */
import { expose } from "comlink";
import { bill } from "../lens/derivation/bill.ts";
import type { LensApi } from "./lens-api.ts";

const lens: LensApi = { bill };

expose(lens);
