/** Confusion matrix and scores of each class on the validation images, as they were read last. */
import { counted, grouped } from "../format.ts";
import { busy, epochs, validated, validatedAt } from "../state/run.ts";
import { ClassTable } from "./class-table.tsx";
import { ConfusionMatrix } from "./confusion-matrix.tsx";

export function Validation() {
  const result = validated.value;
  if (!result) {
    return (
      <p class="fine">
        {busy.value
          ? "It is there when the first epoch is done."
          : "None: the run ended before these images were read."}
      </p>
    );
  }
  const { report, dataset } = result;
  const epoch = epochs.value.find(({ step }) => step === validatedAt.value)?.epoch;
  return (
    <>
      <p class="fine">
        The {grouped(report.micro.support)} validation images after{" "}
        {epoch === undefined ? counted(validatedAt.value, "step") : `epoch ${epoch}`}: rows are what an image
        shows, columns what was read. Open a cell to see its images.
      </p>
      <ConfusionMatrix split="validation" confusion={report.confusion} classes={dataset.classes} />
      <ClassTable split="validation" report={report} />
    </>
  );
}
