/** The step as files: a workbook of live formulas, and a page that needs nothing else. */
import type { Explained } from "../../../lens/walk/explained.ts";
import { hiddenActivations } from "../../../lens/walk/words.ts";
import { counted } from "../../format.ts";
import { saveFile } from "../../save-file.ts";
import { rows } from "./bill.ts";
import { choicesOf } from "./choices.ts";
import { moves, texts, workedOut } from "./step.ts";

const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** @throws SpecError for a step too large for a spreadsheet */
export async function saveWorkbook(): Promise<void> {
  const { derivationWorkbook } = await import("../../../lens/workbook/derivation-workbook.ts");
  const { derivation, title, subtitle } = explained();
  await saveFile("step.xlsx", derivationWorkbook(derivation, title, subtitle).bytes, WORKBOOK);
}

export async function savePage(): Promise<void> {
  const { explainHtml } = await import("../../../lens/walk/html.ts");
  await saveFile("step.html", explainHtml(explained()), "text/html");
}

function explained(): Explained {
  const { derivation, steps, omitted } = workedOut.value;
  const { sizes, rows: samples, seed, learningRate, labelSmoothing } = choicesOf(texts.value);
  const changed = moves.value.filter(({ kind }) => kind === "set").length;
  return {
    title: `${sizes.join(" - ")}, one training step`,
    subtitle: [
      `${counted(samples, "sample")} drawn from seed ${seed}`,
      ...(sizes.length > 2 ? [`hidden layers with ${hiddenActivations(derivation.network)}`] : []),
      `learning rate ${learningRate}`,
      ...(labelSmoothing > 0 ? [`label smoothing ${labelSmoothing}`] : []),
      ...(changed > 0 ? [`${changed === 1 ? "one entry" : `${changed} entries`} changed by hand`] : []),
      steps === 0 ? "the first step" : `after ${counted(steps, "plain step")} on this batch`,
      "all in float64",
    ].join(", "),
    derivation,
    bill: rows.value,
    omitted,
  };
}
